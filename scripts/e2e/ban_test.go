package e2e_test

import (
	"net/http"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABannedUserIsOutUntilItIsLetInAgain(t *testing.T) {
	t.Parallel()
	imctl, err := built["imctl"]()
	require.NoError(t, err)
	p := newPerson(t)
	run := func(command string) {
		cmd := exec.CommandContext(t.Context(), imctl, "-etcd", sys.Stores().Etcd, "users", command, p.id)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	conn := p.connect(1)
	run("ban")
	requireKicked(t, conn, "SESSION_REVOKED", 4501)
	_, err = p.Me(t.Context())
	requireReason(t, err, http.StatusUnauthorized, "SESSION_REVOKED")
	login := func(secret string) error {
		_, err := p.Login(t.Context(), p.name, secret, device("web"))
		return err
	}
	requireReason(t, login(password), http.StatusForbidden, "USER_BANNED")
	requireReason(t, login("not the password"), http.StatusUnauthorized, "INVALID_CREDENTIALS")
	run("ban") // once more changes nothing
	run("unban")
	require.NoError(t, login(password))
}
