package results

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Draft is a file of a run folder that is written while the run goes on. It appears under its name when it is kept,
// and not at all when it is dropped. It is for one goroutine at a time.
type Draft struct {
	folder *Folder
	name   string
	file   *os.File
	buffer *bufio.Writer
}

// Begin opens a file of the folder.
func (f *Folder) Begin(name string) (*Draft, error) {
	file, err := os.CreateTemp(f.dir, "."+filepath.Base(name)+"-*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.Path(name), err)
	}
	return &Draft{f, name, file, bufio.NewWriterSize(file, 1<<18)}, nil
}

// Name returns the name under which the file will appear.
func (p *Draft) Name() string { return p.name }

// Write adds to the file.
func (p *Draft) Write(b []byte) (int, error) { return p.buffer.Write(b) }

// Keep completes the file and gives it its name.
func (p *Draft) Keep() error {
	err := errors.Join(p.buffer.Flush(), p.file.Chmod(0o644), p.file.Close())
	if err == nil {
		err = os.Rename(p.file.Name(), p.folder.Path(p.name))
	}
	if err != nil {
		os.Remove(p.file.Name())
		return fmt.Errorf("writing %s: %w", p.folder.Path(p.name), err)
	}
	return nil
}

// Drop removes the file.
func (p *Draft) Drop() {
	p.file.Close()
	os.Remove(p.file.Name())
}
