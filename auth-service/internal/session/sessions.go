package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/zeromicro/go-zero/core/logc"
	"golang.org/x/sync/errgroup"

	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
)

// Sessions applies the rules. It is safe for concurrent use.
type Sessions struct {
	config   Config
	store    Store
	tokens   *token.Tokens
	gateways Gateways
	nextID   func() int64
	now      func() time.Time
}

// New makes Sessions; nextID makes their ids.
func New(c Config, store Store, tokens *token.Tokens, gateways Gateways, nextID func() int64, now func() time.Time) *Sessions {
	return &Sessions{config: c, store: store, tokens: tokens, gateways: gateways, nextID: nextID, now: now}
}

// Create starts a session on a device whose user has proved who it is. It ends the older sessions that the policy leaves no
// room for, and any of the same device; their connections are told. Errors: INVALID_ARGUMENT with every bad field,
// INVALID_CREDENTIALS when the password has been changed since it was checked, UNAVAILABLE.
func (s *Sessions) Create(ctx context.Context, l Login) (Session, Tokens, error) {
	d, err := l.Device.checked()
	if err != nil {
		return Session{}, Tokens{}, err
	}
	user := l.User
	if user <= 0 {
		return Session{}, Tokens{}, errs.InvalidField("userId", "must be a user")
	}
	now := s.now()
	created := Session{
		ID: s.nextID(), User: user, Device: d, IP: shortened(l.IP), CreatedAt: now.UnixMilli(), LastSeenAt: now.UnixMilli(),
	}
	secret := random(secretBytes)
	refresh := newRefreshToken(user, created.ID, [valueBytes]byte(random(valueBytes)), secret)
	tokens, err := s.issue(ctx, created.identity(), now, refresh, now.Add(s.config.RefreshLifetime).UnixMilli())
	if err != nil {
		return Session{}, Tokens{}, fmt.Errorf("create session: %w", err)
	}
	lineage := Lineage{Secret: secret, Current: refresh.hash()}
	ended, err := s.store.Create(
		ctx, created, lineage, s.config.Policy.quota(d.Platform), s.config.RefreshLifetime, l.PasswordVersion,
	)
	if err != nil {
		return Session{}, Tokens{}, fmt.Errorf("create session: %w", err)
	}
	s.tell(ctx, user, ended, Replaced)
	return created, tokens, nil
}

// issue makes the tokens of a session as of a time.
func (s *Sessions) issue(ctx context.Context, id token.Identity, at time.Time, r refreshToken, expiresAt int64) (Tokens, error) {
	access, accessExpiresAt, err := s.tokens.Sign(ctx, id, at)
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{
		Access: access, AccessExpiresAt: accessExpiresAt, Refresh: r.String(), RefreshExpiresAt: expiresAt,
	}, nil
}

// Authenticate answers who holds an access token whose session is alive, and notes that the session was seen. Errors:
// UNAUTHENTICATED, TOKEN_EXPIRED, SESSION_REVOKED, UNAVAILABLE: without its store it admits nobody.
func (s *Sessions) Authenticate(ctx context.Context, accessToken, ip string) (token.Identity, error) {
	id, err := s.tokens.Verify(ctx, accessToken)
	if err != nil {
		return token.Identity{}, fmt.Errorf("authenticate: %w", err)
	}
	return id, s.touch(ctx, id, ip)
}

// touch answers SESSION_REVOKED for a session that is not alive.
func (s *Sessions) touch(ctx context.Context, id token.Identity, ip string) error {
	alive, err := s.store.Touch(ctx, id, shortened(ip), s.now().UnixMilli(), s.config.SeenEvery)
	if err != nil {
		return fmt.Errorf("see session: %w", err)
	}
	if !alive {
		return errs.ErrSessionRevoked
	}
	return nil
}

// Revoke ends one session of a user. Errors: NOT_FOUND, UNAVAILABLE.
func (s *Sessions) Revoke(ctx context.Context, user model.UserID, session int64) error {
	alive, err := s.store.End(ctx, user, session)
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	if !alive {
		return errs.ErrNotFound
	}
	s.tell(ctx, user, []int64{session}, Revoked)
	return nil
}

// RevokeOthers ends all sessions of a user but one; none is kept when keep is zero. When the password was changed its version
// keeps logins out that are under way with an older one. Errors: UNAVAILABLE.
func (s *Sessions) RevokeOthers(ctx context.Context, user model.UserID, keep, passwordVersion int64) error {
	ended, err := s.store.EndOthers(ctx, user, keep, passwordVersion)
	if err != nil {
		return fmt.Errorf("revoke other sessions: %w", err)
	}
	s.tell(ctx, user, ended, Revoked)
	return nil
}

// List answers the live sessions of a user, the newest first. Errors: UNAVAILABLE.
func (s *Sessions) List(ctx context.Context, user model.UserID) ([]Session, error) {
	list, err := s.store.List(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	slices.SortFunc(list, func(a, b Session) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return list, nil
}

// position is where a page of sessions ended.
type position struct {
	CreatedAt int64 `json:"c"`
	ID        int64 `json:"i"`
}

// Page answers the live sessions of a user after a cursor, the newest first, and the cursor after them, empty at the end.
// Errors: INVALID_ARGUMENT, UNAVAILABLE.
func (s *Sessions) Page(ctx context.Context, user model.UserID, limit int32, cursor string) ([]Session, string, error) {
	most, err := page.Limit(limit)
	if err != nil {
		return nil, "", err
	}
	var after position
	if err := page.Parse(cursor, &after); err != nil {
		return nil, "", err
	}
	list, err := s.List(ctx, user)
	if err != nil {
		return nil, "", err
	}
	if cursor != "" {
		list = slices.DeleteFunc(list, func(one Session) bool {
			return one.CreatedAt > after.CreatedAt || (one.CreatedAt == after.CreatedAt && one.ID >= after.ID)
		})
	}
	if len(list) <= most {
		return list, "", nil
	}
	last := list[most-1]
	return list[:most], page.Cursor(position{CreatedAt: last.CreatedAt, ID: last.ID}), nil
}

// Check answers the ids of those sessions that are alive, for gateways that hold connections of them: so they were seen. Errors:
// UNAVAILABLE.
func (s *Sessions) Check(ctx context.Context, ids []token.Identity) ([]int64, error) {
	alive, stale, err := s.store.Alive(ctx, ids, s.now().Add(-s.config.SeenEvery).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("check sessions: %w", err)
	}
	s.touchAll(ctx, stale)
	return alive, nil
}

const (
	touchesAtOnce = 8
	touchTime     = time.Second // of all touches of one check
)

// touchAll notes that sessions were seen, as far as that goes soon: the next check notes the others.
func (s *Sessions) touchAll(ctx context.Context, ids []token.Identity) {
	ctx, cancel := context.WithTimeout(ctx, touchTime)
	defer cancel()
	var touching errgroup.Group
	touching.SetLimit(touchesAtOnce)
	for _, id := range ids {
		touching.Go(func() error {
			_, err := s.store.Touch(ctx, id, "", s.now().UnixMilli(), s.config.SeenEvery)
			return err
		})
	}
	if err := touching.Wait(); err != nil {
		logc.Infof(ctx, "not all sessions are noted as seen: %v", err)
	}
}

// tell lets the gateways close the connections of ended sessions, before the caller is answered.
func (s *Sessions) tell(ctx context.Context, user model.UserID, ended []int64, reason Reason) {
	if len(ended) > 0 {
		s.gateways.EndSessions(ctx, user, ended, reason)
	}
}

// random answers n unguessable bytes.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the program ends when the system has no randomness
	return b
}
