// Command pack writes a folder as a .tar.gz or a .zip, so that the same files give the same bytes: in order of their names, with
// one moment for all, nobody's names, and permissions that say only what is a program. The archive holds the folder by its name.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	at := flag.Int64("at", 0, "`seconds` since 1970 that every file is said to be from")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: pack [-at SECONDS] ARCHIVE FOLDER")
		os.Exit(2)
	}
	if err := pack(flag.Arg(0), flag.Arg(1), time.Unix(*at, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// archive takes files one after the other.
type archive interface {
	begin(name string, size int64, program bool, at time.Time) (io.Writer, error)
	Close() error
}

func pack(path, folder string, at time.Time) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	a := archiveFor(path, f)
	err = addAll(a, folder, at)
	return errors.Join(err, a.Close(), f.Close())
}

func archiveFor(path string, w io.Writer) archive {
	if strings.HasSuffix(path, ".zip") {
		return zipped{zip.NewWriter(w)}
	}
	packed, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails only for levels there are none of
	return tarred{tar.NewWriter(packed), packed}
}

// addAll adds the files of a folder. filepath.WalkDir goes by names.
func addAll(a archive, folder string, at time.Time) error {
	above := filepath.Dir(filepath.Clean(folder))
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(above, path)
		if err != nil {
			return err
		}
		return add(a, path, filepath.ToSlash(name), at)
	})
}

func add(a archive, path, name string, at time.Time) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w, err := a.begin(name, info.Size(), info.Mode()&0o111 != 0, at)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

func mode(program bool) fs.FileMode {
	if program {
		return 0o755
	}
	return 0o644
}

type tarred struct {
	*tar.Writer
	packed *gzip.Writer
}

func (t tarred) begin(name string, size int64, program bool, at time.Time) (io.Writer, error) {
	return t, t.WriteHeader(&tar.Header{Name: name, Size: size, Mode: int64(mode(program)), ModTime: at, Format: tar.FormatUSTAR})
}

func (t tarred) Close() error { return errors.Join(t.Writer.Close(), t.packed.Close()) }

type zipped struct{ *zip.Writer }

func (z zipped) begin(name string, _ int64, program bool, at time.Time) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
	h.SetMode(mode(program))
	return z.CreateHeader(h)
}
