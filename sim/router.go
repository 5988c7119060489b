package sim

// Router decides where threads go and who answers them.
type Router interface{}
