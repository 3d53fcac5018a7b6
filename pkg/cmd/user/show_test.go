package user_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, user.Commands, "show", []cmdtest.Case{
		{Name: "user", Words: "show_user app -o json", Answers: map[string]string{
			"users/app": `{"name":"app","password_hash":"not-shown","hashing_algorithm":"sha","tags":["monitoring"],"limits":{"max-channels":5}}`,
			"users/app/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread":       `[{"vhost":"/","configure":"^$","write":".*","read":".*"}]`,
			"users/app/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread":  `[]`,
			"connections?columns=user%2Cvhost&node_stats_age=60&node_stats_incr=5": `[{"user":"app","vhost":"/"},{"user":"other","vhost":"/"},{"user":"app","vhost":"b"},{"user":"app","vhost":"/"}]`}},
		{Name: "not there", Words: "show_user ap", Answers: map[string]string{"users/ap": cmdtest.NotFound,
			"users?columns=name": `[{"name":"app"}]`}},
	})
}
