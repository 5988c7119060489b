package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/portalbench/portalbench/bench"
)

// readAuth reads the file that the --auth flag's value, file:FILE, names. Its errors never show a secret.
func readAuth(flag string) (*bench.Auth, error) {
	file, ok := strings.CutPrefix(flag, "file:")
	if !ok || file == "" {
		return nil, usageError(errors.New("--auth: write it as file:FILE, such as the file that portal serve --credentials wrote"))
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError(fmt.Errorf("--auth: %w", err))
	}
	auth, err := bench.ReadAuth(file, src)
	if err != nil {
		return nil, usageError(err)
	}
	return auth, nil
}

// readAdmin reads the administrator of a reference portal.
func readAdmin(flag string) (bench.Account, error) {
	auth, err := readAuth(flag)
	if err != nil {
		return bench.Account{}, err
	}
	file := strings.TrimPrefix(flag, "file:")
	switch a := auth.Admin; {
	case a == nil:
		return bench.Account{}, usageError(fmt.Errorf("%s: has no admin, who makes the accounts of a run", file))
	case a.Kind != "login" || a.Login == "":
		return bench.Account{}, usageError(fmt.Errorf("%s: admin: the reference portal's administrator signs in with kind login, a login and a secret", file))
	}
	account, err := auth.Administrator()
	if err != nil {
		return bench.Account{}, usageError(fmt.Errorf("%s: admin: %w", file, err))
	}
	return account, nil
}
