// Command validate has a FHIR server validate resources, each by the operation $validate: it fails on any error.
//
//	validate BASE FOLDER
//
// The folder holds files such as Patient.ndjson, with a resource in each line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: validate BASE FOLDER")
		os.Exit(2)
	}
	n, err := folder(os.Args[1], os.Args[2])
	if err == nil && n == 0 {
		err = errors.New("there is nothing to validate")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: validating the population:", err)
		os.Exit(1)
	}
	fmt.Printf("exported population: %d resources are valid\n", n)
}

func folder(base, dir string) (n int, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	for _, file := range files {
		var valid int
		if valid, err = lines(base, file); err != nil {
			return n, err
		}
		n += valid
	}
	return n, err
}

func lines(base, file string) (n int, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	kind := strings.TrimSuffix(filepath.Base(file), ".ndjson")
	for text := bufio.NewScanner(f); text.Scan(); n++ {
		if err := valid(base+"/"+kind+"/$validate", text.Bytes()); err != nil {
			return n, fmt.Errorf("%s:%d: %w", file, n+1, err)
		}
	}
	return n, nil
}

func valid(url string, resource []byte) error {
	res, err := http.Post(url, "application/fhir+json", bytes.NewReader(resource))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var said struct {
		ResourceType string
		Issue        []struct{ Severity, Diagnostics string }
	}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return fmt.Errorf("status %d: %w", res.StatusCode, err)
	}
	if said.ResourceType != "OperationOutcome" {
		return fmt.Errorf("status %d with a %s: does the server validate?", res.StatusCode, said.ResourceType)
	}
	for _, issue := range said.Issue {
		if issue.Severity == "error" || issue.Severity == "fatal" {
			return errors.New(issue.Diagnostics)
		}
	}
	return nil
}
