package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// tried is what a login came to, without what differs from call to call.
type tried struct {
	status     int
	header     http.Header
	body       string
	retryAfter time.Duration
}

// tryLogin logs in by hand, to see all of the answer.
func tryLogin(t testing.TB, api, name, secret string) tried {
	t.Helper()
	body, err := json.Marshal(map[string]any{"username": name, "password": secret, "device": device("other")})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api+"/v1/auth/login", bytes.NewReader(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	got := tried{status: resp.StatusCode, header: resp.Header, body: string(text)}
	if seconds := resp.Header.Get("Retry-After"); seconds != "" {
		got.retryAfter, err = time.ParseDuration(seconds + "s")
		require.NoError(t, err)
	}
	id := resp.Header.Get("X-Request-Id")
	require.NotEmpty(t, id)
	got.body = string(bytes.ReplaceAll(text, []byte(id), nil))
	for _, own := range []string{"X-Request-Id", "Date", "Traceparent"} {
		got.header.Del(own)
	}
	return got
}

func TestAnUnknownNameAndAWrongPasswordAreToldApartByNothing(t *testing.T) {
	t.Parallel()
	known, gone := newPerson(t), newPerson(t)
	require.NoError(t, gone.DeleteAccount(t.Context(), password))
	want := tryLogin(t, sys.APIURL(), known.name, "wrong password")
	require.Equal(t, http.StatusUnauthorized, want.status)
	for _, name := range []string{unique("nobody-"), gone.name, "no name at all", ""} {
		require.Equal(t, want, tryLogin(t, sys.APIURL(), name, "wrong password"), name)
	}
	// Being throttled tells nothing either.
	nobody := unique("nobody-")
	for n := 1; ; n++ {
		first, second := tryLogin(t, sys.APIURL(), known.name, "wrong password"), tryLogin(t, sys.APIURL(), nobody, "wrong password")
		if n == 1 { // the known one was tried before
			tryLogin(t, sys.APIURL(), nobody, "wrong password")
		}
		require.Equal(t, first.status, second.status)
		if first.status == http.StatusTooManyRequests {
			return
		}
		require.Equal(t, want, first)
		require.Less(t, n, 50, "nobody was throttled")
	}
}

func TestAnAccountIsThrottledAndLetsItsOwnerInAfterTheDelay(t *testing.T) {
	t.Parallel()
	p, other := newPerson(t), newPerson(t)
	var refused tried
	for range 50 {
		if refused = tryLogin(t, sys.APIURL(), p.name, "wrong password"); refused.status != http.StatusUnauthorized {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	require.Contains(t, refused.body, "RATE_LIMITED")
	require.GreaterOrEqual(t, refused.retryAfter, time.Second)
	require.Equal(t, http.StatusTooManyRequests, tryLogin(t, sys.APIURL(), p.name, password).status, "a right one has to wait too")
	require.Equal(t, http.StatusOK, tryLogin(t, sys.APIURL(), other.name, password).status, "others have not")
	_, err := p.Me(t.Context())
	require.NoError(t, err, "who is signed in is not touched")
	require.NoError(t, p.Refresh(t.Context()))

	var got tried
	require.Eventually(t, func() bool {
		got = tryLogin(t, sys.APIURL(), p.name, password)
		return got.status != http.StatusTooManyRequests
	}, time.Minute, 100*time.Millisecond)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, http.StatusUnauthorized, tryLogin(t, sys.APIURL(), p.name, "wrong password").status, "the count starts over")
}

func TestAnAddressIsThrottledWhateverAccountsItTriesOrMakes(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{"LOGIN_ADDRESS_FREE": "5", "REGISTER_ADDRESS_FREE": "2"})
	for range 2 {
		newPersonOn(t, s)
	}
	_, err := imclient.New(s.APIURL()).Register(t.Context(), unique("user-"), password, "", device("web"))
	require.Positive(t, requireReason(t, err, http.StatusTooManyRequests, "RATE_LIMITED").RetryAfter)
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, tryLogin(t, s.APIURL(), unique("nobody-"), "wrong password").status)
	}
	require.Equal(t, http.StatusTooManyRequests, tryLogin(t, s.APIURL(), unique("nobody-"), "wrong password").status)
}

func TestAThousandLoginsAtOnceAreServedOrRefusedAndStopNobodyElse(t *testing.T) {
	t.Parallel()
	i := newIMD(t, "--set", "PASSWORD_MAX_WAITING=20", "--set", "LOGIN_ADDRESS_FREE=1000000",
		"--set", "PASSWORD_MEMORY_KIB=8192", "--set", "PASSWORD_ITERATIONS=1")
	i.start()
	a, b := i.newPerson(), i.newPerson()
	befriend(t, a, b)
	var mu sync.Mutex
	statuses := map[int]int{}
	var logins sync.WaitGroup
	for range 1000 {
		logins.Go(func() {
			got := tryLogin(t, i.url(), unique("nobody-"), "wrong password")
			mu.Lock()
			defer mu.Unlock()
			statuses[got.status]++
			if got.status == http.StatusServiceUnavailable && got.retryAfter < time.Second {
				t.Error("no Retry-After")
			}
		})
	}
	failed := 0
	for range 20 { // meanwhile
		m := imclient.Text("hello")
		m.ConversationID = single(a, b)
		if _, err := a.SendMessage(t.Context(), m); err != nil {
			failed++
		}
		if _, err := b.Me(t.Context()); err != nil {
			failed++
		}
	}
	logins.Wait()
	require.LessOrEqual(t, failed, 2, "others hardly notice")
	require.Equal(t, 1000, statuses[http.StatusUnauthorized]+statuses[http.StatusServiceUnavailable], "%v", statuses)
	require.GreaterOrEqual(t, statuses[http.StatusUnauthorized], 1)
	require.Positive(t, statuses[http.StatusServiceUnavailable], "the queue has a bound")
	eventually(t, "people log in again", func(context.Context) bool {
		return tryLogin(t, i.url(), a.name, password).status == http.StatusOK
	})
}
