package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/model"
	"im-backend/common/utils/wire"
)

const password = "correct horse battery"

// person is an account and one signed-in device of it.
type person struct {
	*imclient.Client
	t    testing.TB
	user imclient.User
	id   string
	name string
}

func device(platform string) imclient.DeviceInfo {
	return imclient.DeviceInfo{DeviceID: unique("device-"), Platform: platform, Name: "a test"}
}

// newPerson registers an account.
func newPerson(t testing.TB) *person {
	t.Helper()
	return newPersonOn(t, &sys)
}

// newPersonOn is newPerson on another system.
func newPersonOn(t testing.TB, s interface{ APIURL() string }) *person {
	t.Helper()
	p := &person{Client: imclient.New(s.APIURL()), t: t, name: unique("user-")}
	signedIn, err := p.Register(t.Context(), p.name, password, "", device("web"))
	require.NoError(t, err)
	p.user, p.id = signedIn.User, signedIn.User.UserID
	return p
}

// another signs another device of the same account in.
func (p *person) another(platform string) *person {
	p.t.Helper()
	other := &person{Client: imclient.New(sys.APIURL()), t: p.t, name: p.name, user: p.user, id: p.id}
	_, err := other.Login(p.t.Context(), p.name, password, device(platform))
	require.NoError(p.t, err)
	return other
}

func people(t testing.TB, n int) []*person {
	t.Helper()
	out := make([]*person, n)
	for i := range out {
		out[i] = newPerson(t)
	}
	return out
}

// befriend makes two people friends.
func befriend(t testing.TB, a, b *person) {
	t.Helper()
	request, err := a.AddFriend(t.Context(), b.id, "hello")
	require.NoError(t, err)
	_, err = b.AcceptFriend(t.Context(), request.RequestID, "")
	require.NoError(t, err)
}

// friends makes two people who are friends.
func friends(t testing.TB) (*person, *person) {
	t.Helper()
	a, b := newPerson(t), newPerson(t)
	befriend(t, a, b)
	return a, b
}

func (p *person) userID() model.UserID {
	id, err := model.ParseID(p.id)
	require.NoError(p.t, err)
	return model.UserID(id)
}

// single is the conversation of two people.
func single(a, b *person) string { return string(model.SingleID(a.userID(), b.userID())) }

func (p *person) say(to, body string) imclient.Sent {
	p.t.Helper()
	m := imclient.Text(body)
	m.ConversationID = to
	sent, err := p.SendMessage(p.t.Context(), m)
	require.NoError(p.t, err)
	return sent
}

// history reads everything of a conversation that the person may see.
func (p *person) history(id string) []wire.Message {
	p.t.Helper()
	var all []wire.Message
	for after := int64(0); ; {
		page, err := p.HistoryAfter(p.t.Context(), id, after, 200)
		require.NoError(p.t, err)
		all = append(all, page.Items...)
		if !page.HasMore {
			return all
		}
		after = page.Items[len(page.Items)-1].Seq
	}
}

// requireReason checks that an error carries a reason of the contract, and its status.
func requireReason(t testing.TB, err error, status int, reason string) *imclient.APIError {
	t.Helper()
	var api *imclient.APIError
	require.ErrorAs(t, err, &api, "want %s", reason)
	require.Equal(t, reason, api.Reason)
	require.Equal(t, status, api.Status)
	return api
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, condition func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !condition(ctx) {
		select {
		case <-ctx.Done():
			require.Fail(t, "did not happen: "+what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
