package rest

import (
	"slices"
	"strconv"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// mark is a message that somebody has read.
type mark struct{ login, message string }

// keep does an operation in this program alone.
func (p *Portal) keep(who *bench.Account, c *bench.Call, a *bench.Answer) {
	switch c.Kind {
	case results.OpRead:
		p.marks.Store(mark{who.Login, c.Message}, true)
	case results.OpAttach:
		a.Ref = "here-" + strconv.FormatInt(p.lastRef.Add(1), 10)
		p.files.Store(a.Ref, &storedFile{slices.Clone(c.Content), first(c.MediaType, "application/octet-stream")})
	}
}

// wasRead reports whether somebody has read a message, where that is kept here.
func (p *Portal) wasRead(who *bench.Account, message string) bool {
	_, read := p.marks.Load(mark{who.Login, message})
	return read
}

// stored returns a file that is kept here, or nil.
func (p *Portal) stored(ref string) *storedFile {
	f, _ := p.files.Load(ref)
	file, _ := f.(*storedFile)
	return file
}
