package bench

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
)

// advised adds to the error of a connection what can be done about it, where that is known.
func advised(err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: if the certificate is the portal's own, trust it with --cacert FILE", err)
	case errors.As(err, &name):
		return fmt.Errorf("%w: name the portal as its certificate does", err)
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return fmt.Errorf("%w: no TLS is spoken there: the address begins with http://, not https://", http.ErrSchemeMismatch)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: nothing listens there: is the portal running, and the port right?", err)
	case strings.Contains(err.Error(), "certificate required"):
		return fmt.Errorf("%w: the portal asks for a certificate of ours: give --cert and --key", err)
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`):
		return fmt.Errorf("%w: the portal speaks TLS: its address begins with https://", err)
	}
	return err
}
