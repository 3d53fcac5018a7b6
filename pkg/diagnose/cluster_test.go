package diagnose_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// view returns the report of a node. members lists the members that the node reports: "a+" is running, "b-" is not
// running, and "c-!a,b" is not running and was cut off from a and b.
func view(node, members string) diagnose.View {
	v := diagnose.View{Node: node, URL: "http://" + node, ClusterName: "test"}
	for _, word := range strings.Fields(members) {
		name, cut, _ := strings.Cut(word, "!")
		m := health.Member{Name: name[:len(name)-1], Running: strings.HasSuffix(name, "+"), Version: "4.3.6"}
		if cut != "" {
			m.Partitions = strings.Split(cut, ",")
		}
		v.Members = append(v.Members, m)
	}
	return v
}

func silent(node, why string) diagnose.View {
	return diagnose.View{Node: node, URL: "http://" + node, Silent: why}
}

// unplaced is a node that could not be asked, because the address of its API is not known.
func unplaced(node string) diagnose.View { return diagnose.View{Node: node, Silent: "not told where"} }

// waiting returns the report of a node that waits for other nodes. mute has their names, if the node reports them.
func waiting(node, members string, mute ...string) diagnose.View {
	v := view(node, members)
	v.Waits, v.SilentNodes = true, mute
	return v
}

func TestCluster(t *testing.T) {
	alarmed := view("a", "a+ b+")
	alarmed.Alarms = []health.Alarm{{Node: "b", Resource: "disk"}}
	mixed := view("a", "a+ b+ c+")
	mixed.Members[2].Version = "4.0.5"
	drained := view("a", "a+ b+")
	drained.Members[1].Drained = true
	tests := []struct {
		name  string
		views []diagnose.View
		// want are severity, rule and text of each finding.
		want []string
	}{
		{"well, one view", []diagnose.View{view("a", "a+ b+ c+")}, nil},
		{"well, all views", []diagnose.View{view("a", "a+ b+"), view("b", "a+ b+")}, nil},
		{"one is down", []diagnose.View{view("a", "a+ b+ c-")}, []string{"CRITICAL node-not-running c is not running"}},
		{"one is down by all accounts", []diagnose.View{view("a", "a+ b+ c-"), view("b", "a+ b+ c-"), silent("c", "refused")},
			[]string{"CRITICAL node-not-running c is not running"}},
		{"split, not admitted yet", []diagnose.View{view("a", "a+ b+ c-"), view("b", "a+ b+ c-"), view("c", "a- b- c+")},
			[]string{
				"CRITICAL nodes-disagree a and c disagree: both answer, and each says that the other is not running",
				"CRITICAL nodes-disagree b and c disagree: both answer, and each says that the other is not running"}},
		{"one side only says so", []diagnose.View{view("a", "a+ b-"), view("b", "a+ b+")}, []string{
			"CRITICAL nodes-disagree a and b disagree: both answer, and one says that the other is not running"}},
		{"a split that is admitted", []diagnose.View{view("a", "a+!c b+ c+")},
			[]string{"CRITICAL cluster-split a and c were cut off from each other"}},
		{"beyond a split, not asked", []diagnose.View{view("a", "a+!c b+!c c-!a,b")},
			[]string{"CRITICAL cluster-split a and c were cut off from each other",
				"CRITICAL cluster-split b and c were cut off from each other"}},
		{"beyond a split, silent", []diagnose.View{view("a", "a+!b b-!a"), silent("b", "refused")},
			[]string{"CRITICAL cluster-split a and b were cut off from each other",
				"CRITICAL node-not-running b is not running"}},
		{"beyond a split, and could not be asked", []diagnose.View{view("a", "a+!b b-!a"), unplaced("b")},
			[]string{"CRITICAL cluster-split a and b were cut off from each other"}},
		{"one is silent, and none could be asked", []diagnose.View{waiting("a", "a+ b- c-"), unplaced("b"), unplaced("c")},
			[]string{"CRITICAL node-silent one of b, c does not answer; the broker does not say which"}},
		{"two tell of the third, which is silent", []diagnose.View{view("a", "a+ b+ c+"), view("b", "a+ b+ c-"),
			silent("c", "late")},
			[]string{"CRITICAL nodes-disagree a and b disagree about c"}},
		{"runs, but its API does not answer", []diagnose.View{view("a", "a+ b+"), silent("b", "connection refused")},
			[]string{"WARNING api-unreachable the API of b cannot be read: connection refused"}},
		{"one is silent, and named", []diagnose.View{waiting("a", "a+ b+ c-", "c")},
			[]string{"CRITICAL node-silent c does not answer"}},
		{"one is silent, and not named", []diagnose.View{waiting("a", "a+ b- c-")},
			[]string{"CRITICAL node-silent one of b, c does not answer; the broker does not say which"}},
		{"there is but one that can be silent", []diagnose.View{waiting("a", "a+ b-")},
			[]string{"CRITICAL node-silent b does not answer"}},
		{"one is silent, named by all", []diagnose.View{waiting("a", "a+ b+ c-", "c"), waiting("b", "a+ b+ c-", "c"),
			silent("c", "late")},
			[]string{"CRITICAL node-silent c does not answer"}},
		{"one is silent, and found by asking each", []diagnose.View{waiting("a", "a+ b- c-"), waiting("b", "a- b+ c-"),
			silent("c", "late")},
			[]string{"CRITICAL node-silent c does not answer"}},
		{"named, but it answers", []diagnose.View{waiting("a", "a+ b-", "b"), view("b", "a+ b+")}, []string{
			"CRITICAL nodes-disagree a and b disagree: both answer, and one says that the other is not running",
			"UNKNOWN node-silent a waited for another node, but every node answers now"}},
		{"thawed meanwhile", []diagnose.View{waiting("a", "a+ b-"), view("b", "a+ b+")},
			[]string{"UNKNOWN node-silent a waited for another node, but every node answers now"}},
		{"forgotten, and does not know", []diagnose.View{view("a", "a+ b+"), view("b", "a+ b+ c-")}, []string{
			"CRITICAL members-disagree c is a member for b, but not for a", "CRITICAL node-not-running c is not running"}},
		{"alarm, told twice", []diagnose.View{alarmed, alarmed},
			[]string{"CRITICAL alarm-in-effect disk alarm on b; publishers are stopped on all nodes"}},
		{"releases", []diagnose.View{mixed},
			[]string{"WARNING versions-differ the nodes run different releases: 4.3.6 on a, b; 4.0.5 on c"}},
		{"maintenance", []diagnose.View{drained},
			[]string{"WARNING node-in-maintenance b is in maintenance: it takes no clients"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range diagnose.Cluster(tt.views) {
				got = append(got, f.Severity.String()+" "+f.Rule+" "+f.What)
				if len(f.Do) == 0 {
					t.Errorf("%s: nothing to do", f.Rule)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMembershipAdvice: the advice names the node that was removed or reset, and no node that is well.
func TestMembershipAdvice(t *testing.T) {
	const stop, last = "rabbitctl stop_app --node c, then rabbitctl ", "; this deletes all that it has"
	forget := "if c was reset: " + stop + "forget_cluster_node c --node "
	for name, tt := range map[string]struct {
		views []diagnose.View
		want  [][]string
	}{
		"reset, and answers": {[]diagnose.View{view("a", "a+ b+ c-"), view("b", "a+ b+ c-"), view("c", "c+")},
			[][]string{{forget + "a"}, {forget + "b"}}},
		"removed by two": {[]diagnose.View{view("a", "a+ b+"), view("b", "a+ b+"), view("c", "a+ b+ c+")},
			[][]string{{"if c was removed from the cluster: " + stop + "reset c --node c" + last}}},
		"removed, or the other was reset": {[]diagnose.View{view("a", "a+"), view("c", "a+ c+")},
			[][]string{{"if c was removed from the cluster: " + stop + "reset c --node c" + last,
				"if a was reset: rabbitctl stop_app --node a, then rabbitctl forget_cluster_node a --node c"}}},
		"does not answer": {[]diagnose.View{view("a", "a+ b+"), view("b", "a+ b+ c-")},
			[][]string{{"if c was removed from the cluster: " + stop + "reset c --node c" + last, forget + "b"}}},
	} {
		var got [][]string
		for _, f := range diagnose.Cluster(tt.views) {
			if f.Rule == "members-disagree" {
				got = append(got, f.Do)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestVerdict(t *testing.T) {
	got := diagnose.Verdict(nil, "all well")
	if got.Status != health.OK || got.Summary != "all well" || got.Details != nil {
		t.Errorf("%+v", got)
	}
	got = diagnose.Verdict([]diagnose.Finding{
		{Rule: "r", Severity: health.OK, What: "a remark", Do: []string{"nothing"}},
		{Rule: "w", Severity: health.Warning, What: "near", Do: []string{"look"}},
		{Rule: "c", Severity: health.Critical, What: "broken", Do: []string{"mend", "look again"}},
	}, "all well")
	want := health.Result{Status: health.Critical, Summary: "broken; near", Details: []string{"next: mend",
		"next: look again"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The advice must lead to something new. If the addresses of other nodes are not known, asking every node once more
// finds nothing, so the advice asks for the addresses. If every node was asked, it sends the user to the hosts.
func TestCluster_whoIsSilentIsFoundOut(t *testing.T) {
	for name, tt := range map[string]struct {
		views []diagnose.View
		want  string
	}{
		"nobody else asked": {[]diagnose.View{waiting("a", "a+ b- c-")},
			"rabbitctl cluster_status --ask-every-node"},
		"none could be asked": {[]diagnose.View{waiting("a", "a+ b- c-"), unplaced("b"), unplaced("c")},
			"rabbitctl cluster_status --ask-every-node --node-url b=http://HOST:PORT --node-url c=http://HOST:PORT"},
		"all were asked": {[]diagnose.View{waiting("a", "a+ b- c-"), silent("b", "late"), silent("c", "late")},
			"on each of their hosts: rabbitctl check_node --for liveness; it is CRITICAL where the node is frozen"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := diagnose.Cluster(tt.views)[0]; got.Rule != "node-silent" || got.Do[0] != tt.want {
				t.Errorf("%s: %q", got.Rule, got.Do)
			}
		})
	}
}
