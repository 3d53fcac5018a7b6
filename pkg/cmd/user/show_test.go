package user_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestShow(t *testing.T) {
	t.Parallel()
	const notFound = "404 " + `{"error":"Object Not Found","reason":"Not Found"}`
	tests := []struct {
		name, words string
		// answers are requests without GET /api/, and bodies; a body may begin with a status.
		answers map[string]string
	}{
		{"user", "show_user app -o json", map[string]string{
			"users/app": `{"name":"app","password_hash":"not-shown","hashing_algorithm":"sha","tags":["monitoring"],"limits":{"max-channels":5}}`,
			"users/app/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread":      `[{"vhost":"/","configure":"^$","write":".*","read":".*"}]`,
			"users/app/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread": `[]`,
			"connections?columns=user%2Cvhost":                                    `[{"user":"app","vhost":"/"},{"user":"other","vhost":"/"},{"user":"app","vhost":"b"},{"user":"app","vhost":"/"}]`}},
		{"not there", "show_user ap", map[string]string{"users/ap": notFound, "users?columns=name": `[{"name":"app"}]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				status := 200
				switch {
				case strings.HasPrefix(body, "404 "):
					status, body = 404, body[4:]
				case strings.HasPrefix(body, "401 "):
					status, body = 401, body[4:]
				}
				s.JSON("GET /api/"+request, status, body)
			}
			r := cmdtest.Run{Commands: user.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			golden.Check(t, "show/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
