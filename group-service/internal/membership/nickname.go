package membership

import (
	"strings"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/group-service/internal/store"
)

// rename is the part of UpdateMember that gives a nickname; an empty one takes it away.
func rename(l *store.Locked, me store.Member, other *store.Member, nickname string) (changed bool, err error) {
	if me.User != other.User {
		if err := mayTo(l.Group, me.Role, other.Role, renameMember); err != nil {
			return false, err
		}
	}
	if set(&other.Nickname, &nickname) == nil {
		return false, nil
	}
	if err := silenced(l, me); err != nil {
		return false, err
	}
	tellNickname(l, me.User, *other)
	return true, nil
}

// trimNickname trims a nickname that is given and checks it. Errors: INVALID_ARGUMENT.
func trimNickname(nickname *string) (*string, error) {
	if nickname == nil {
		return nil, nil
	}
	trimmed := strings.TrimSpace(*nickname)
	if fault := label.Fault(trimmed, maxName); trimmed != "" && fault != "" {
		return nil, errs.InvalidField("nickname", fault)
	}
	return &trimmed, nil
}
