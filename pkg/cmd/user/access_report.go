package user

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// accessReport says which groups of commands work for the user. If group is given, the verdict is about this group
// alone.
func accessReport(a diagnose.Access, on, group string) verb.Report {
	r := verb.Report{Result: health.Result{Summary: fmt.Sprintf("user %s on %s %s, %s", a.User, on, tagsText(a.Tags),
		vhostsText(a))}}
	switch {
	case a.Refused, !a.OpensAPI():
		r.Status = health.Critical
	case len(a.Entered) == 0:
		r.Status = health.Warning
	}
	shown := a.Groups()
	if group != "" {
		shown = slices.DeleteFunc(shown, func(g diagnose.GroupAccess) bool { return g.Name != group })
		r.Status = map[string]health.Status{"yes": health.OK, "partly": health.Warning, "no": health.Critical}[shown[0].Works]
		r.Summary = fmt.Sprintf("%s: %s; %s", shown[0].Name, worksText(shown[0]), r.Summary)
	}
	s := record.Section{Name: "groups", Blocks: true, Columns: []record.Column{{Name: "works"}, {Name: "group"},
		{Name: "commands"}, {Name: "lacks", Kind: record.List},
		{Name: "an_administrator_runs", Kind: record.List, Advises: true}}}
	for _, g := range shown {
		s.Rows = append(s.Rows, record.Row{record.Of(g.Works), record.Of(g.Name), record.Of(g.Commands), words(g.Lacks),
			words(g.Do)})
	}
	tags := words(a.Tags)
	if a.Refused {
		tags = nil // the broker does not report the tags
	}
	r.Evidence = record.Document{record.Fields("user",
		record.Field{Column: record.Column{Name: "name"}, Value: record.Of(a.User)},
		record.Field{Column: record.Column{Name: "tags", Kind: record.List}, Value: tags},
		record.Field{Column: record.Column{Name: "vhosts", Kind: record.List}, Value: words(a.Entered)},
		record.Field{Column: record.Column{Name: "vhosts_without_access", Kind: record.List}, Value: without(a)},
	), s}
	switch {
	case a.Refused:
		r.Details = append(r.Details, "set_user_tags replaces all tags of a user: rabbitctl list_users shows those that it has")
	case !a.Granted && slices.Contains(a.Tags, "administrator"):
		r.Details = append(r.Details, "its permissions are not in the broker's own database, but in another auth backend")
	case !a.Granted:
		r.Details = append(r.Details, "its permissions in the virtual hosts are shown to administrators only")
	}
	if !a.Granted {
		return r
	}
	r.Evidence = append(r.Evidence, grantSection(a.Grants), topicSection(a.Topics))
	return r
}

func worksText(g diagnose.GroupAccess) string {
	switch g.Works {
	case "yes":
		return "works"
	case "partly":
		return "works in some virtual hosts only"
	}
	return "does not work: it lacks " + strings.Join(g.Lacks, ", and ")
}

func tagsText(tags []string) string {
	switch len(tags) {
	case 0:
		return "has no tag for the HTTP API, which refuses the user"
	case 1:
		return "has the tag " + tags[0]
	}
	return "has the tags " + strings.Join(tags, ", ")
}

func vhostsText(a diagnose.Access) string {
	switch {
	case a.Refused:
		return "and its virtual hosts are not known"
	case !a.All && len(a.Entered) == 0:
		return "and sees no virtual host"
	case !a.All:
		return fmt.Sprintf("and sees %s (only a user with the tag monitoring sees whether there are others)",
			prose.Plural(len(a.Entered), "virtual host", "virtual hosts"))
	}
	return fmt.Sprintf("and may enter %d of %s", len(a.Entered),
		prose.Plural(len(a.VHosts), "virtual host", "virtual hosts"))
}

// without returns the virtual hosts that the user may not enter, or an absent value if they are unknown.
func without(a diagnose.Access) record.Value {
	if !a.All {
		return nil
	}
	return words(slices.DeleteFunc(slices.Clone(a.VHosts), func(v string) bool { return slices.Contains(a.Entered, v) }))
}

func words(all []string) record.Value {
	if all == nil {
		all = []string{}
	}
	return record.Of(all)
}

func grantSection(grants []diagnose.Grant) record.Section {
	s := record.Section{Name: "permissions", Optional: true, Columns: record.Named("vhost", "configure", "write", "read")}
	for _, g := range grants {
		s.Rows = append(s.Rows, record.Row{record.Of(g.VHost), record.Of(g.Configure), record.Of(g.Write), record.Of(g.Read)})
	}
	return s
}

func topicSection(topics []diagnose.TopicGrant) record.Section {
	s := record.Section{Name: "topic_permissions", Optional: true, Columns: record.Named("vhost", "exchange", "write",
		"read")}
	for _, t := range topics {
		s.Rows = append(s.Rows, record.Row{record.Of(t.VHost), record.Of(t.Exchange), record.Of(t.Write), record.Of(t.Read)})
	}
	return s
}

// permitReport answers the question of --may: whether the user may configure, write or read something.
func permitReport(a diagnose.Access, w diagnose.Wish, p diagnose.Permit, unseen string) verb.Report {
	may := "may not"
	r := verb.Report{Word: "NO", Result: health.Result{Status: health.Critical}}
	if p.May {
		may, r.Word, r.Status = "may", "YES", health.OK
	}
	name := w.Name
	if name == "" {
		name = "the default exchange"
	}
	r.Summary = fmt.Sprintf("user %s %s %s %s in virtual host %s: %s", a.User, may, w.What, name, w.VHost, p.Why)
	r.Details = p.Notes
	if unseen != "" {
		r.Details = append(r.Details, unseen)
	}
	if p.Do != "" {
		r.Details = append(r.Details, "next, as an administrator: "+p.Do)
	}
	r.LookedAt = "the permissions in the broker's own database; another auth backend may decide otherwise"
	return r
}

// idleReport lists users and permissions that allow nothing.
func idleReport(all diagnose.Accounts, blind []string) verb.Report {
	users := all.IdleUsers()
	grants, untold := all.IdleGrants()
	r := verb.Report{Result: health.Result{Summary: fmt.Sprintf(
		"users without any permission: %d; permissions that match no existing name: %d", len(users), len(grants))}}
	if len(users)+len(grants) > 0 {
		r.Status = health.Warning
	}
	us := record.Section{Name: "users", Optional: true, Columns: []record.Column{{Name: "user"},
		{Name: "tags", Kind: record.List}, {Name: "what"}}}
	for _, u := range users {
		us.Rows = append(us.Rows, record.Row{record.Of(u.User), words(u.Tags), record.Of(u.What)})
	}
	gs := record.Section{Name: "permissions", Optional: true,
		Columns: record.Named("vhost", "user", "permission", "pattern")}
	for _, g := range grants {
		gs.Rows = append(gs.Rows, record.Row{record.Of(g.VHost), record.Of(g.User), record.Of(g.Permission),
			record.Of(g.Pattern)})
	}
	for _, g := range untold {
		r.Details = append(r.Details, fmt.Sprintf("only the broker can match the %s permission %q of user %s in virtual host %s",
			g.Permission, g.Pattern, g.User, g.VHost))
	}
	if len(blind) > 0 {
		r.Details = append(r.Details, "permissions in these virtual hosts are not judged, since no names were seen there: "+
			strings.Join(blind, ", "))
	}
	if len(untold)+len(blind) > 0 && r.Status == health.OK {
		r.Status = health.Unknown
	}
	r.LookedAt = fmt.Sprintf("%s, %s", prose.Plural(len(all.Users), "user", "users"),
		prose.Plural(len(all.Grants), "permission in a virtual host", "permissions in virtual hosts"))
	r.Evidence = record.Document{us, gs}
	return r
}
