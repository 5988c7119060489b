package refportal

import "net/http"

// kinds is a set of account kinds.
type kinds uint8

const (
	patients   kinds = 1<<kindPatient | 1<<kindProxy
	clinicians kinds = 1 << kindStaff
	admins     kinds = 1 << kindAdmin
	anybody    kinds = 1 << 7 // no token is asked for
)

func (k kinds) has(kind kind) bool { return k&(1<<kind) != 0 }

// route is one operation of the API.
type route struct {
	method string
	path   string // as http.ServeMux writes patterns
	name   string // the operation, for the noop portal
	who    kinds  // others are answered 403
	file   bool   // the body is a file, not JSON
	handle func(*Server, *request) (answer, error)
}

// routes lists the whole API. docs/refportal.md describes each; a test compares the two.
func routes() []route {
	everybody := patients | clinicians
	return []route{
		{"GET", "/healthz", "health", anybody, false, (*Server).health},
		{"POST", "/v1/sessions", "auth", anybody, false, (*Server).signIn},
		{"POST", "/v1/accounts", "provision", admins, false, (*Server).provision},
		{"DELETE", "/v1/runs/{run}", "remove", admins, false, (*Server).remove},
		{"GET", "/v1/audit", "audit", admins, false, (*Server).audit},
		{"GET", "/v1/recipients", "recipients", patients, false, (*Server).recipients},
		{"POST", "/v1/threads", "send", everybody, false, (*Server).send},
		{"GET", "/v1/threads/{thread}", "thread", everybody, false, (*Server).thread},
		{"POST", "/v1/threads/{thread}/messages", "reply", everybody, false, (*Server).reply},
		{"POST", "/v1/threads/{thread}/close", "close", clinicians, false, (*Server).close},
		{"POST", "/v1/threads/{thread}/reopen", "reopen", clinicians, false, (*Server).reopen},
		{"GET", "/v1/inbox", "inbox", everybody, false, (*Server).inbox},
		{"GET", "/v1/unread", "unread", everybody, false, (*Server).unread},
		{"POST", "/v1/messages/{message}/read", "read", everybody, false, (*Server).read},
		{"GET", "/v1/items/{item}", "item", clinicians, false, (*Server).item},
		{"POST", "/v1/items/{item}/claim", "claim", clinicians, false, (*Server).claim},
		{"POST", "/v1/items/{item}/route", "route", clinicians, false, (*Server).route},
		{"POST", "/v1/items/{item}/label", "label", clinicians, false, (*Server).label},
		{"POST", "/v1/attachments", "attach", everybody, true, (*Server).attach},
		{"GET", "/v1/attachments/{attachment}", "fetch", everybody, false, (*Server).fetch},
		{"POST", "/v1/readings", "reading", patients, false, (*Server).reading},
		{"GET", "/v1/readings", "readings", everybody, false, (*Server).readings},
	}
}

// request is one request on its way to its handler.
type request struct {
	*http.Request
	who principal
}

// answer is what a handler says when it does not refuse.
type answer struct {
	status    int
	body      any    // JSON, unless content is set
	content   []byte // a file
	mediaType string
}

func ok(body any) (answer, error)      { return answer{status: http.StatusOK, body: body}, nil }
func created(body any) (answer, error) { return answer{status: http.StatusCreated, body: body}, nil }

// health says that the portal is up.
func (s *Server) health(*request) (answer, error) {
	return ok(healthAnswer{Status: "ok", Stores: true})
}
