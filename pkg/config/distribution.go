package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// Distribution says how to reach a node by Erlang distribution.
type Distribution struct {
	// Node is the node's name, NAME or NAME@HOST; empty when no option gives it.
	Node string
	// Port is the node's distribution port, and EpmdPort is the port of epmd; each is 0 when no option gives it.
	Port, EpmdPort int
	// TLS means that the nodes use TLS between them. Plain means that a node on another machine may be reached without
	// TLS.
	TLS, Plain bool
	// cookie is the value of the strongest option that gives the Erlang cookie, and option is the name of that option.
	// Both are empty when no option gives the cookie; Cookie then reads the usual files.
	cookie value
	option string
	getenv func(string) string
}

// BindDistributionFlags adds the flags of a command that speaks Erlang distribution.
func BindDistributionFlags(fs *pflag.FlagSet) { bindFlags(fs, append(reachFlags(), nameNode)...) }

// BindReachFlags adds the flags of BindDistributionFlags except --node, for a command that chooses the node itself.
func BindReachFlags(fs *pflag.FlagSet) { bindFlags(fs, reachFlags()...) }

// HasDistributionFlags reports whether BindDistributionFlags added its flags. A flag --node alone can choose rows.
func HasDistributionFlags(fs *pflag.FlagSet) bool {
	return fs != nil && fs.Lookup(nameNode) != nil && fs.Lookup(nameNodePort) != nil
}

func reachFlags() []string {
	return []string{nameCookieFile, nameNodePort, nameEpmdPort, nameTLSDistribution, namePlainDistribution}
}

func bindFlags(fs *pflag.FlagSet, names ...string) {
	for _, o := range allOptions {
		if slices.Contains(names, o.Name) {
			bindFlag(fs, o)
		}
	}
}

// brokersCookie is where the broker's own cookie is on most systems.
const brokersCookie = "/var/lib/rabbitmq/.erlang.cookie"

// cookieFileLimit is the largest size of a cookie file in bytes, far above the 255 characters that a cookie has at
// most.
const cookieFileLimit = 4096

// distribution takes the options about Erlang distribution.
func (r *resolution) distribution(getenv func(string) string) {
	d := &r.settings.Distribution
	d.getenv = getenv
	text := func(name string) string {
		v, _ := r.hostValue(name)
		r.settings.note(name, v.text, v.origin)
		return v.text
	}
	d.Node = text(nameNode)
	d.Port, _ = strconv.Atoi(text(nameNodePort))     // valid: checked when its layer was read
	d.EpmdPort, _ = strconv.Atoi(text(nameEpmdPort)) // valid: checked when its layer was read
	d.TLS = r.flag(nameTLSDistribution, r.hostValue)
	d.Plain = r.flag(namePlainDistribution, r.hostValue)
	strongest := len(r.layers)
	for _, name := range []string{nameCookieFile, nameCookie, nameCookieCommand} {
		v, i := r.hostValue(name)
		r.settings.note(name, v.text, v.origin)
		if i >= 0 && i < strongest {
			strongest, d.cookie, d.option = i, v, name
		}
	}
}

// TellsCookie reports whether an option gives the cookie. If none does, the cookie is in one of the usual files.
func (d Distribution) TellsCookie() bool { return d.option != "" }

// Cookie returns the Erlang cookie and says where it comes from. It gets the cookie anew at each call and never keeps
// it.
func (d Distribution) Cookie(ctx context.Context, in Input) (cookie Secret, from string, err error) {
	switch d.option {
	case nameCookie:
		return NewSecret(d.cookie.text), d.cookie.origin, nil
	case nameCookieCommand:
		text, err := passwordFromCommand(ctx, d.cookie, in.Stderr)
		return NewSecret(text), d.cookie.origin, err
	case nameCookieFile:
		path, err := expandHome(d.cookie.text, d.getenv)
		if err == nil {
			cookie, err = cookieFrom(ctx, path)
		}
		if err != nil {
			return Secret{}, path, passwordError(d.cookie, err)
		}
		return cookie, path, nil
	}
	var paths []string
	if home := d.getenv("HOME"); home != "" {
		paths = append(paths, filepath.Join(home, ".erlang.cookie"))
	}
	if os.Geteuid() == 0 {
		paths = append(paths, brokersCookie)
	}
	for _, path := range paths {
		switch cookie, err = cookieFrom(ctx, path); {
		case err == nil:
			return cookie, path, nil
		case !errors.Is(err, fs.ErrNotExist):
			return Secret{}, path, fail.New(kindOf(err), "%w", err).Advise(fail.HintOf(err))
		}
	}
	return Secret{}, "", fail.New(fail.Config, "this needs Erlang distribution, and there is no Erlang cookie: "+
		"no option names a cookie, and there is no %s", strings.Join(paths, " and no ")).Do(fail.GiveCookie)
}

// kindOf returns the kind of error for a failure with a file on this machine: Timeout, Canceled or Config.
func kindOf(err error) fail.Kind {
	if k := fail.KindOf(err); k == fail.Timeout || k == fail.Canceled {
		return k
	}
	return fail.Config
}

// cookieFrom reads a cookie file. As Erlang does, it refuses a file that other users can read, whoever owns it. It
// accepts such a file if a container engine mounted it.
func cookieFrom(ctx context.Context, path string) (Secret, error) {
	text, info, err := file.Read(ctx, path, cookieFileLimit)
	if err != nil {
		return Secret{}, err
	}
	if mode := info.Mode().Perm(); info.Mode().IsRegular() && mode&0o077 != 0 && permissionsMatter &&
		!isContainerMount(path, info) {
		return Secret{}, problem("%s is not used: its mode %04o gives other users access to the Erlang cookie", path, mode).
			Next("chmod 400 %s", quotePath(path))
	}
	cookie := strings.TrimSpace(string(text))
	if cookie == "" || len(cookie) > 255 {
		return Secret{}, problem("%s holds no Erlang cookie: it has %d characters, and a cookie has 1 to 255", path,
			len(cookie))
	}
	return NewSecret(cookie), nil
}
