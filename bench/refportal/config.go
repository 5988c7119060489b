package refportal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// AdminLogin is the login of the one administrator.
const AdminLogin = "admin"

// Defaults of Config.
const (
	DefaultTokenLife = time.Hour
	DefaultMaxBody   = 1 << 20 // bytes of a JSON request
	DefaultMaxFile   = 8 << 20 // bytes of an attachment
)

// Config says how to run a portal. Only Clock and AdminSecret are required.
type Config struct {
	Store       string           // sqlite:FILE or postgres://USER@HOST/DB; empty: a temporary file that Close removes
	AllowHosts  []string         // hosts other than this machine that a postgres store may name
	Clock       func() time.Time // called by many goroutines
	AdminSecret string           // of AdminLogin, at least minSecret characters; it replaces the one stored
	TokenLife   time.Duration    // how long a sign-in lasts; 0: DefaultTokenLife
	MaxBody     int64            // bytes of a JSON request; 0: DefaultMaxBody
	MaxFile     int64            // bytes of an attachment; 0: DefaultMaxFile
}

// Server is a portal. Its handler may be used until Close.
type Server struct {
	cfg      Config
	store    *store
	sessions *sessions
	handler  http.Handler
	tempDir  string   // removed on Close
	history  *history // what stale reads show; nil without that fault
}

// New opens the store, creating it if need be, and sets the administrator's secret.
func New(cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		return nil, fmt.Errorf("starting the reference portal: no clock: set Config.Clock to time.Now")
	}
	if len(cfg.AdminSecret) < minSecret {
		return nil, fmt.Errorf("starting the reference portal: the administrator's secret has %d characters: give at least %d",
			len(cfg.AdminSecret), minSecret)
	}
	cfg.fill()
	s := &Server{cfg: cfg, sessions: newSessions()}
	if err := s.openStore(); err != nil {
		s.Close()
		return nil, fmt.Errorf("starting the reference portal: %w", err)
	}
	s.handler = newMux(routes(), cfg, s.serveRoute)
	return s, nil
}

func (c *Config) fill() {
	if c.TokenLife <= 0 {
		c.TokenLife = DefaultTokenLife
	}
	if c.MaxBody <= 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.MaxFile <= 0 {
		c.MaxFile = DefaultMaxFile
	}
}

// openStore opens the configured store, or one in a new temporary folder.
func (s *Server) openStore() error {
	address := s.cfg.Store
	if address == "" {
		dir, err := os.MkdirTemp("", "refportal-")
		if err != nil {
			return fmt.Errorf("making a temporary store: %w", err)
		}
		s.tempDir = dir
		address = "sqlite:" + filepath.Join(dir, "portal.db")
	}
	d, err := parseStore(address, s.cfg.AllowHosts)
	if err != nil {
		return err
	}
	if s.store, err = openStore(d, s.cfg.Clock); err == nil {
		err = s.installAdmin()
	}
	if err != nil {
		return fmt.Errorf("store %s: %w", d, err)
	}
	return nil
}

// CheckStore reports whether a store can be named so, with allow as in Config. It opens nothing. Its errors are the user's
// to mend, and hold no password.
func CheckStore(store string, allow []string) error {
	_, err := parseStore(store, allow)
	return err
}

func parseStore(store string, allow []string) (database, error) {
	if isPostgres(store) {
		return parsePostgres(store, allow)
	}
	file, ok := strings.CutPrefix(store, "sqlite:")
	if !ok || file == "" || strings.ContainsAny(file, "?\x00") {
		return nil, errors.New("the store is not written as sqlite:FILE, where FILE has no question mark, or as postgres://USER@HOST/DB")
	}
	return &sqliteFile{path: file}, nil
}

// installAdmin makes the administrator's account or gives it the configured secret, which ends the sessions opened with
// another one.
func (s *Server) installAdmin() error {
	hash := sha256.Sum256([]byte(s.cfg.AdminSecret))
	return s.store.write(func(q *queries) error {
		old, err := q.accountByLogin(AdminLogin)
		if err == nil && old.id != 0 && !bytes.Equal(old.secret, hash[:]) {
			err = q.exec(sqlDeleteSessionsOf, old.id)
		}
		return firstError(err, q.exec(sqlInstallAdmin, kindAdmin, AdminLogin, hash[:]))
	})
}

// Handler returns the portal's API.
func (s *Server) Handler() http.Handler { return s.handler }

// Close finishes the writes under way and closes the store. Requests made afterwards are answered 503.
func (s *Server) Close() error {
	var err error
	if s.history != nil {
		err = s.history.close()
	}
	if s.store != nil {
		err = firstError(err, s.store.close())
	}
	if s.tempDir != "" {
		err = firstError(err, os.RemoveAll(s.tempDir))
	}
	return err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
