package rest

import (
	"embed"
	"strings"
)

//go:embed profiles/*.yaml
var profiles embed.FS

// Profiles returns the names of the built-in descriptions, in order.
func Profiles() (names []string) {
	files, err := profiles.ReadDir("profiles")
	if err != nil {
		panic(err) // they are in the program
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// Profile returns the text of a built-in description, and whether there is one of that name.
func Profile(name string) (src []byte, known bool) {
	src, err := profiles.ReadFile("profiles/" + name + ".yaml")
	return src, err == nil
}
