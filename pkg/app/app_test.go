package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// made returns an App with a parsed command line.
func made(t *testing.T, env []string, words ...string) *app.App {
	t.Helper()
	streams, _, _ := iostreams.Test("")
	a := app.New(streams, append([]string{brokertest.NoHome}, env...), "test")
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.BindFlags(flags)
	if err := flags.Parse(words); err != nil {
		t.Fatal(err)
	}
	a.UseFlags(t.Context(), flags, true)
	return a
}

func TestGetenv_lastOneCounts(t *testing.T) {
	a := made(t, []string{"A=1", "AB=2", "A=3", "EMPTY="})
	for name, want := range map[string]string{"A": "3", "AB": "2", "EMPTY": "", "MISSING": ""} {
		if got := a.Getenv(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestBroker_isMadeOnceAndDialsNothing(t *testing.T) {
	a := made(t, []string{"RABBITCTL_URL=http://nothing.invalid:15672", "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"})
	first, err := a.Broker()
	if err != nil || first.BaseURL() != "http://nothing.invalid:15672" || first.Username() != "u" {
		t.Fatalf("%v, %v", first, err)
	}
	if again, err := a.Broker(); err != nil || again != first {
		t.Errorf("%v, %v", again, err)
	}
}

func TestBroker_default(t *testing.T) {
	c, err := made(t, nil).Broker()
	if err != nil || c.BaseURL() != "http://127.0.0.1:15672" || c.Username() != "guest" {
		t.Errorf("%v, %v", c, err)
	}
}

func TestSettings_anErrorStays(t *testing.T) {
	a := made(t, []string{"RABBITCTL_CONTEXT=nowhere"})
	for range 2 {
		if _, err := a.Broker(); fail.KindOf(err) != fail.Config {
			t.Errorf("%v", err)
		}
		if _, _, err := a.Budget(t.Context()); fail.KindOf(err) != fail.Config {
			t.Errorf("%v", err)
		}
	}
}

func TestBudget(t *testing.T) {
	credentials := []string{"RABBITCTL_URL=http://nothing.invalid", "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
	for _, tt := range []struct {
		timeout string
		want    time.Duration // 0 for none
	}{{"", 60 * time.Second}, {"5", 5 * time.Second}, {"2m", 2 * time.Minute}, {"infinity", 0}} {
		env := credentials
		if tt.timeout != "" {
			env = append([]string{"RABBITCTL_TIMEOUT=" + tt.timeout}, credentials...)
		}
		start := time.Now()
		ctx, cancel, err := made(t, env).Budget(t.Context())
		if err != nil {
			t.Errorf("%q: %v", tt.timeout, err)
			continue
		}
		end, bounded := ctx.Deadline()
		if bounded != (tt.want > 0) || bounded && (end.Before(start.Add(tt.want)) || end.After(time.Now().Add(tt.want))) {
			t.Errorf("%q: ends after %v", tt.timeout, end.Sub(start))
		}
		cancel()
		if ctx.Err() == nil {
			t.Errorf("%q: cannot be cancelled", tt.timeout)
		}
	}
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pair returns a certificate and its key, in PEM form.
func pair(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func TestBroker_tlsFiles(t *testing.T) {
	cert, key := pair(t)
	_, otherKey := pair(t)
	certFile, keyFile, both := write(t, "cert.pem", cert), write(t, "key.pem", key),
		write(t, "both.pem", append(append([]byte(nil), cert...), key...))
	missing := filepath.Join(t.TempDir(), "missing.pem")
	tests := []struct {
		name string
		line []string
		want string // of the error; "" for none
	}{
		{"authority", []string{"--cacert", certFile}, ""},
		{"client certificate", []string{"--cert", certFile, "--key", keyFile}, ""},
		{"both in one file", []string{"--cert", both}, ""},
		{"authority missing", []string{"--cacert", missing}, "the file of certificate authorities cannot be read"},
		{"no certificate in it", []string{"--cacert", keyFile}, "holds no certificate in PEM form"},
		{"certificate missing", []string{"--cert", missing, "--key", keyFile}, "the client certificate cannot be used"},
		{"another key", []string{"--cert", certFile, "--key", write(t, "other.pem", otherKey)},
			"the client certificate cannot be used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := []string{"RABBITCTL_URL=https://mq.example.com:15671", "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
			_, err := made(t, env, tt.line...).Broker()
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || fail.KindOf(err) != fail.Config || steps.Of(err) == "" ||
				!strings.Contains(err.Error(), tt.want)):
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
		})
	}
}

func TestJournal_emptyPathWritesNothing(t *testing.T) {
	j, err := made(t, nil).OpenJournal("")
	if err != nil {
		t.Fatal(err)
	}
	word, unwritten, err := j.Make(app.JournalEntry{}, func() (string, error) { return "done", nil })
	if err := errors.Join(unwritten, err, j.Close()); err != nil || word != "done" {
		t.Errorf("%q, %v", word, err)
	}
}

// TestJournal_partOfAChange: if a part of a change was made and then an answer was lost, the outcome is that a part was
// made. The outcome of the lost request alone would hide this.
func TestJournal_partOfAChange(t *testing.T) {
	j := &app.Journal{}
	lost := fail.New(fail.Lost, "lost")
	lost.Err = &broker.Lost{NotDone: true}
	for word, want := range map[string]string{"incomplete": "incomplete", "": "not_done", "cleared": "not_done"} {
		got, _, err := j.Make(app.JournalEntry{}, func() (string, error) { return word, lost })
		if got != want || err == nil {
			t.Errorf("%q: %q, %v", word, got, err)
		}
	}
}

// TestSave_whoMayRead: Save makes new files private, keeps the mode of existing files, keeps links, does not replace
// devices, and refuses a folder.
func TestSave_whoMayRead(t *testing.T) {
	a, dir := made(t, nil), t.TempDir()
	words := func(w io.Writer) error {
		_, err := io.WriteString(w, "words")
		return err
	}
	shared, link := write(t, "shared", []byte("old")), filepath.Join(dir, "link")
	if err := errors.Join(os.Chmod(shared, 0o640), os.Symlink(shared, link)); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(dir, "fresh")
	for path, want := range map[string]fs.FileMode{fresh: 0o600, link: 0o640} {
		err := a.Save(path, words)
		info, statErr := os.Stat(path)
		if text, _ := os.ReadFile(path); err != nil || statErr != nil || info.Mode() != want || string(text) != "words" {
			t.Errorf("%s: %v, %v; mode %v, want %v; it holds %q", path, err, statErr, info.Mode(), want, text)
		}
	}
	if target, err := os.Readlink(link); err != nil || target != shared {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	if err := a.Save("/dev/null", words); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Errorf("/dev/null is %v %v", info, err)
	}
	if err := a.Save(dir, words); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("%v", err)
	}
	if !a.Exists(dir) || a.Exists(filepath.Join(dir, "missing")) {
		t.Error("Exists does not distinguish existing and missing files")
	}
}

func TestReplace_wholeOrNotAtAll(t *testing.T) {
	a := made(t, nil)
	path := filepath.Join(t.TempDir(), "rabbitmq.prom")
	text := func() string {
		b, _ := os.ReadFile(path)
		return string(b)
	}
	put := func(words string, err error) error {
		return a.Replace(path, func(w io.Writer) error {
			if _, werr := io.WriteString(w, words); werr != nil {
				return werr
			}
			return err
		})
	}
	if err := put("one\n", nil); err != nil || text() != "one\n" {
		t.Fatalf("%v, %q", err, text())
	}
	if err := put("half", errors.New("no more")); fail.KindOf(err) != fail.Output || text() != "one\n" {
		t.Errorf("a failure left %q, and said %v", text(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v: a collector must be able to read it", info, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if err := a.Replace(filepath.Join(t.TempDir(), "missing", "x"), func(io.Writer) error {
		return nil
	}); fail.KindOf(err) != fail.Output {
		t.Errorf("%v", err)
	}
}
