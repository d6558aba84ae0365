package token

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

// kids are the keys that a key set offers.
func kids(t *testing.T, k *Keys) []string {
	t.Helper()
	raw, err := k.JWKS(t.Context())
	require.NoError(t, err)
	var set struct{ Keys []struct{ Kid string } }
	require.NoError(t, json.Unmarshal(raw, &set))
	var out []string
	for _, key := range set.Keys {
		out = append(out, key.Kid)
	}
	return out
}

func TestARotatedKeyLivesAsLongAsTheTokensThatItSigned(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	one, two := newTokens(store, c), newTokens(store, c)
	text := sign(t, one, start)
	_, err := two.Verify(t.Context(), text)
	require.NoError(t, err)

	c.at = start.Add(time.Hour)
	last := sign(t, two, c.at) // the last token by the old key
	rotated, err := one.keys.Rotate(t.Context())
	require.NoError(t, err)
	keys, err := two.keys.List(t.Context())
	require.NoError(t, err)
	require.Len(t, keys, 2)
	old := keys[1]
	require.Equal(t, rotated.ID, keys[0].ID, "the new one is first")
	require.Zero(t, keys[0].ExpiresAt)
	require.Equal(t, c.at.Add(conf.Lifetime+handover).UnixMilli(), old.ExpiresAt)
	require.ElementsMatch(t, []string{rotated.ID, old.ID}, kids(t, two.keys))
	next := sign(t, two, c.at)
	require.NotEqual(t, last, next, "the other instance signs with the new one at once")
	for _, instance := range []*Tokens{one, two, newTokens(store, c)} {
		for _, each := range []string{last, next} {
			_, err := instance.Verify(t.Context(), each)
			require.NoError(t, err, "nobody is logged out")
		}
	}

	c.at = start.Add(time.Hour + conf.Lifetime)
	_, err = newTokens(store, c).Verify(t.Context(), last)
	require.ErrorIs(t, err, errs.ErrTokenExpired, "its key is still there to say so")
	c.at = c.at.Add(handover)
	require.Equal(t, []string{rotated.ID}, kids(t, newTokens(store, c).keys))
	stored, err := store.SigningKeys(t.Context())
	require.NoError(t, err)
	require.Len(t, stored, 1, "the old key is gone from the store too")
	_, err = newTokens(store, c).Verify(t.Context(), last)
	require.ErrorIs(t, err, errs.ErrUnauthenticated)
}

func TestRotationsInARowDropWhatIsOldAndKeepWhatSigned(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	tokens := newTokens(store, c)
	var living []string
	for range 50 {
		living = append(living, sign(t, tokens, c.at))
		_, err := tokens.keys.Rotate(t.Context())
		require.NoError(t, err)
		c.at = c.at.Add(5 * time.Minute)
		for _, text := range living[max(0, len(living)-2):] {
			_, err := newTokens(store, c).Verify(t.Context(), text)
			require.NoError(t, err)
		}
	}
	require.LessOrEqual(t, len(kids(t, tokens.keys)), 5)
}

func TestAClockThatIsBehindRotatesAllTheSame(t *testing.T) {
	t.Parallel()
	store, ahead, behind := &memory{}, &clock{at: start.Add(time.Hour)}, &clock{at: start}
	_, err := newTokens(store, ahead).keys.Rotate(t.Context())
	require.NoError(t, err)
	rotated, err := newTokens(store, behind).keys.Rotate(t.Context())
	require.NoError(t, err)
	keys, err := newTokens(store, ahead).keys.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, rotated.ID, keys[0].ID)
}

func TestRacingRotationsLoseNoKey(t *testing.T) {
	t.Parallel()
	store, c := &memory{}, &clock{at: start}
	before := sign(t, newTokens(store, c), start)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			tokens := newTokens(store, c)
			if _, err := tokens.keys.Rotate(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := tokens.Verify(t.Context(), before); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Len(t, kids(t, newTokens(store, c).keys), 17)
}

func TestWithoutItsStoreNoKeyIsRotated(t *testing.T) {
	t.Parallel()
	store := &memory{}
	tokens := newTokens(store, &clock{at: start})
	text := sign(t, tokens, start)
	store.setAway(true)
	_, err := tokens.keys.Rotate(t.Context())
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, err = tokens.keys.List(t.Context())
	require.ErrorIs(t, err, errs.ErrUnavailable)
	_, err = tokens.Verify(t.Context(), text)
	require.NoError(t, err)
}
