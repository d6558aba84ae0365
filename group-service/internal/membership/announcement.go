package membership

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/group-service/internal/store"
)

const maxAnnouncement = 2000 // characters

// Announce replaces the announcement; an empty text takes it away. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER,
// INVALID_ARGUMENT.
func (g *Groups) Announce(ctx context.Context, id model.GroupID, user model.UserID, text string) (store.Membership, error) {
	blanks := strings.NewReplacer("\r", "", "\t", "")
	if fault := label.TextFault(blanks.Replace(text), maxAnnouncement); fault != "" || !utf8.ValidString(text) {
		return store.Membership{}, errs.InvalidField("text", cmp.Or(fault, "must be UTF-8"))
	}
	m, err := g.changeAs(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, announce); err != nil {
			return err
		}
		if set(&l.Announcement, &text) == nil {
			return nil
		}
		l.AnnouncedBy, l.AnnouncedAt = user, l.At.UnixMilli()
		tellAnnouncement(l, user)
		return nil
	})
	if err != nil {
		return store.Membership{}, fmt.Errorf("set announcement: %w", err)
	}
	g.follow(ctx, id)
	return m, nil
}
