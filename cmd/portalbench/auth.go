package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/scenarios"
)

// authFile is the file that --auth names: one entry for every kind of identity.
type authFile struct {
	Admin authEntry `yaml:"admin" json:"admin" jsonschema:"required"`
}

// authEntry says how an identity signs in.
type authEntry struct {
	Kind      string `yaml:"kind" json:"kind" jsonschema:"required,enum=login" jsonschema_description:"login: name and secret"`
	Login     string `yaml:"login" json:"login" jsonschema:"required"`
	Secret    string `yaml:"secret,omitempty" json:"secret,omitempty"`
	SecretEnv string `yaml:"secret_env,omitempty" json:"secret_env,omitempty" jsonschema_description:"environment variable that holds the secret, in place of secret"`
}

// readAdmin reads the administrator from the --auth flag's value, file:FILE. Its errors never show a secret.
func readAdmin(flag string) (bench.Account, error) {
	file, ok := strings.CutPrefix(flag, "file:")
	if !ok || file == "" {
		return bench.Account{}, usageError(errors.New("--auth: write it as file:FILE, with the file that portal serve --credentials wrote"))
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return bench.Account{}, usageError(fmt.Errorf("--auth: %w", err))
	}
	var auth authFile
	if err := scenarios.DecodeStrict(file, src, &auth); err != nil {
		return bench.Account{}, usageError(err)
	}
	secret := auth.Admin.Secret
	if env := auth.Admin.SecretEnv; env != "" {
		secret = os.Getenv(env)
	}
	if secret == "" {
		return bench.Account{}, usageError(fmt.Errorf("%s: admin has no secret: give secret, or secret_env with the name of a variable that is set", file))
	}
	return bench.Account{Kind: bench.AdminAccount, Login: auth.Admin.Login, Secret: secret}, nil
}
