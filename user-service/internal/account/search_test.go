package account_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/user-service/internal/account"
)

func (w *world) search(t *testing.T, text string) []string {
	t.Helper()
	users, next, err := w.Search(t.Context(), text, 0, "")
	require.NoError(t, err)
	require.Empty(t, next)
	return names(users)
}

func TestSearchFindsTheUsernameFirstAndThenNicknamesByTheirStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for username, nickname := range map[string]string{
		"bob": "Zed", "carol": "Bobby", "dave": "bob the builder", "eve": "abob", "frank": "B%b", "grace": "Михаил",
	} {
		w.update(t, w.register(t, username).ID, account.Change{Nickname: &nickname})
	}
	require.Equal(t, []string{"bob", "dave", "carol"}, w.search(t, "BOB"))
	require.Equal(t, []string{"dave"}, w.search(t, " bob the "))
	require.Equal(t, []string{"grace"}, w.search(t, "мих"), "any script, any case")
	require.Equal(t, []string{"frank"}, w.search(t, "b%"), "a wildcard is a letter like others")
	require.Empty(t, w.search(t, "_ob"))
	require.Empty(t, w.search(t, "nobody"))
}

func TestSearchFindsANameHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.update(t, w.register(t, "alice").ID, account.Change{Nickname: ptr("Rene\u0301 Straßer")})
	long := w.register(t, "longish")
	w.update(t, long.ID, account.Change{Nickname: ptr(strings.Repeat("ﷺ", 64))}) // one character stands for eighteen
	for _, text := range []string{"rené", "RENÉ STRASSER", "ＲＥＮ\u00c9"} {
		require.Equal(t, []string{"alice"}, w.search(t, text), "%+q", text)
	}
	require.Equal(t, []string{"alice"}, w.search(t, "ＡＬＩＣＥ"))
	require.Equal(t, []string{"longish"}, w.search(t, strings.Repeat("ﷺ", 64)))
	require.Empty(t, w.search(t, "rene s"), "an accent is a difference")
}

func TestSearchHonoursWhatTheOwnerAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.register(t, "alice")
	private := account.Change{Nickname: ptr("Wonder"), Phone: ptr("+4930123456"), Email: ptr("alice@example.org")}
	w.update(t, user.ID, private)
	require.Empty(t, w.search(t, "+49 30 123456"))
	require.Empty(t, w.search(t, "alice@example.org"))
	require.Equal(t, []string{"alice"}, w.search(t, "wond"))

	w.update(t, user.ID, account.Change{FindableByPhone: on(true), FindableByEmail: on(true), FindableByName: on(false)})
	require.Equal(t, []string{"alice"}, w.search(t, "+49 30 123456"))
	require.Equal(t, []string{"alice"}, w.search(t, "ALICE@example.org"))
	require.Empty(t, w.search(t, "+4930"), "a part of a number finds nobody")
	require.Empty(t, w.search(t, "wond"))
	require.Empty(t, w.search(t, "alice"))
}

func TestSearchNeverShowsBannedOrDeletedUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setStatus(t, w.register(t, "sam1").ID, account.Banned)
	w.setStatus(t, w.register(t, "sam2").ID, account.Deleted)
	w.register(t, "sam3")
	require.Equal(t, []string{"sam3"}, w.search(t, "sam"))
	require.Empty(t, w.search(t, "sam1"))
	require.Empty(t, w.search(t, "sam2"))
}

func TestPagesOfASearchHoldEachUserOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []string{"user"} // the exact match, whose nickname is in the middle of the others
	exact := w.register(t, "user")
	w.update(t, exact.ID, account.Change{Nickname: ptr("user003x")})
	for i := range 10 {
		w.register(t, numbered("user", i))
		want = append(want, numbered("user", i))
	}
	same := []string{"twin1", "twin2", "twin3"} // one nickname, told apart by id
	for _, name := range same {
		w.update(t, w.register(t, name).ID, account.Change{Nickname: ptr("user999")})
	}
	want = append(want, same...)

	for _, limit := range []int32{1, 2, 3, 7, 14, 200} {
		var got []string
		cursor := ""
		for range len(want) + 1 {
			users, next, err := w.Search(t.Context(), "user", limit, cursor)
			require.NoError(t, err)
			require.LessOrEqual(t, len(users), int(limit))
			got = append(got, names(users)...)
			if cursor = next; next == "" {
				break
			}
			require.Len(t, users, int(limit))
		}
		require.Empty(t, cursor)
		require.Equal(t, want, got, "limit %d", limit)
	}
}

func TestAPageAfterAChangeStillGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 6 {
		w.register(t, numbered("user", i))
	}
	first, next, err := w.Search(t.Context(), "user", 3, "")
	require.NoError(t, err)
	w.update(t, first[2].ID, account.Change{Nickname: ptr("other")}) // where the next page begins
	w.register(t, "user000a")                                        // before it
	second, _, err := w.Search(t.Context(), "user", 3, next)
	require.NoError(t, err)
	require.Equal(t, []string{"user003", "user004", "user005"}, names(second))
}

func TestSearchRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		text, cursor string
		limit        int32
		want         []string
	}{
		{"", "", 0, []string{"q"}},
		{"  ", "", 201, []string{"q", "limit"}},
		{strings.Repeat("x", 255), "", -1, []string{"q", "limit"}},
		{"bob", "not base64!", 0, []string{"cursor"}},
		{"bob", base64.RawURLEncoding.EncodeToString([]byte(`[]`)), 0, []string{"cursor"}},
	} {
		_, _, err := w.Search(t.Context(), c.text, c.limit, c.cursor)
		require.Equal(t, c.want, badFields(t, err))
	}
}
