package change

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// own separates the items about the user that this command logs in as from the others. The steps for that user come
// last: once it is changed or deleted, no other step works.
func (p *planned) own(items []item) (own, others []item) {
	for _, i := range items {
		if p.isOwn(i.Object) {
			own = append(own, i)
		} else {
			others = append(others, i)
		}
	}
	return own, others
}

// judge finds the objects that the broker's release refuses or silently leaves out, so that the command can report them
// before it changes anything.
func (p *planned) judge() {
	p.refusals = map[definitions.Place]definitions.Fault{}
	wants := unmasked(p.wants, p.steps)
	wants.Single = wants.Single || p.vhost != "" // the virtual host exists, so the file need not have it
	for _, f := range wants.Check(releaseOf(p.has), p.has) {
		if _, is := p.refusals[f.At]; !is && !f.Warning && !f.Plugin {
			p.refusals[f.At] = f
		}
	}
}

// unmasked returns the document with the broker's own secrets in place of masked ones.
func unmasked(wants *definitions.Document, steps []definitions.Planned) *definitions.Document {
	whole := map[string]definitions.Object{}
	for _, s := range steps {
		if s.Action == definitions.Update {
			whole[s.Object.ID()] = s.Object
		}
	}
	return wants.Map(func(o definitions.Object) (definitions.Object, bool) {
		if w, is := whole[o.ID()]; is {
			o = w
		}
		return o, true
	})
}

// releaseOf returns the release of a broker, as its definitions name it. If they name none, it returns the latest
// release.
func releaseOf(has *definitions.Document) string { return cmp.Or(has.Release(), definitions.Latest) }

// refusal says why the release of the broker does not take the object; nil if it does, or if the object is not sent.
func (p *planned) refusal(s definitions.Planned) error {
	f, is := p.refusals[s.Object.At]
	if !is || s.Again || s.Action == definitions.Delete || s.Action == definitions.Replace && !p.Replace {
		return nil
	}
	return fail.New(fail.Data, "%s", f.Text).
		Advise(fail.Do(fail.SkipItem).Say("%s shows all that is wrong in the file itself",
			checkOf(p.File, releaseOf(p.has))))
}

// checkOf is the command that checks a file for a release, or for its default release if release is "".
func checkOf(file, release string) string {
	text := "rabbitctl check_definitions " + fail.Word(file)
	if release != "" {
		text += " --release " + release
	}
	if file == "-" {
		text += ", with the same input,"
	}
	return text
}

// isOwn reports whether the object is the user that this command logs in as.
func (p *planned) isOwn(o definitions.Object) bool {
	return o.Kind == definitions.Users && o.Key[0] == p.at.Broker.Username()
}

// loginAfter says how to log in once these members of the command's own user are changed.
func loginAfter(members []definitions.MemberDifference) string {
	isPassword := func(m definitions.MemberDifference) bool { return strings.HasPrefix(m.Name, "password") }
	if slices.ContainsFunc(members, isPassword) {
		return "with the new password"
	}
	return "as an administrator"
}

// changesOwn reports whether the user that this command logs in as is changed: its password, tags or limits.
func (p *planned) changesOwn(s definitions.Planned) bool {
	return s.Action == definitions.Update && p.isOwn(s.Object)
}
