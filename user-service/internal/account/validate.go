package account

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
)

// Limits of the fields, in characters.
const (
	minPassword, maxPassword = 8, 128
	maxNickname              = 64
	maxBio                   = 500
	maxGender                = 32
	maxAvatarURL             = 1024
	maxEmail                 = 254
)

var (
	usernamePattern = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,32}$`)
	phonePattern    = regexp.MustCompile(`^\+?[0-9]{5,20}$`)
	phoneFiller     = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "")
)

// faults collects the bad fields of one request.
type faults []errs.Field

func (f *faults) add(field, message string) {
	if message != "" {
		*f = append(*f, errs.Field{Field: field, Message: message})
	}
}

// join takes the fields over that another check complains of.
func (f *faults) join(err error) {
	if err != nil {
		*f = append(*f, errs.From(err).Fields...)
	}
}

func (f *faults) err() error {
	if len(*f) == 0 {
		return nil
	}
	return errs.InvalidFields(*f...)
}

// checked answers the registration as it is stored, or every fault of it.
func (r Registration) checked(tooCommon func(string) bool) (Registration, error) {
	var f faults
	if !usernamePattern.MatchString(r.Username) {
		f.add("username", "must have 3 to 32 of a-z, A-Z, 0-9, _, ., -")
	}
	f.add("password", passwordFault(r.Password, tooCommon))
	if r.Nickname = strings.TrimSpace(r.Nickname); r.Nickname == "" {
		r.Nickname = r.Username
	} else {
		f.add("nickname", nicknameFault(r.Nickname))
	}
	return r, f.err()
}

// checked answers the change as it is stored, or every fault of it.
func (c Change) checked() (Change, error) {
	var f faults
	c.Nickname = field(&f, "nickname", c.Nickname, strings.TrimSpace, nicknameFault)
	c.AvatarURL = field(&f, "avatarUrl", c.AvatarURL, strings.TrimSpace, avatarFault)
	c.Bio = field(&f, "bio", c.Bio, strings.TrimSpace, bioFault)
	c.Gender = field(&f, "gender", c.Gender, strings.TrimSpace, genderFault)
	c.Phone = field(&f, "phone", c.Phone, phoneFiller.Replace, phoneFault)
	c.Email = field(&f, "email", c.Email, emailKey, emailFault)
	c.FriendRequestsFrom = field(&f, "settings.friendRequestsFrom", c.FriendRequestsFrom, strings.TrimSpace, audienceFault)
	return c, f.err()
}

func audienceFault(s string) string {
	if s != Everyone && s != Nobody {
		return "must be everyone or nobody"
	}
	return ""
}

// field brings a present value into its stored form and checks it.
func field(f *faults, name string, value *string, form, fault func(string) string) *string {
	if value == nil {
		return nil
	}
	stored := form(*value)
	f.add(name, fault(stored))
	return &stored
}

func passwordFault(s string, tooCommon func(string) bool) string {
	switch n := utf8.RuneCountInString(s); {
	case n < minPassword || n > maxPassword:
		return "must have 8 to 128 characters"
	case tooCommon(s):
		return "is one of the most common passwords"
	}
	return ""
}

func nicknameFault(s string) string { return label.Fault(s, maxNickname) }

func bioFault(s string) string {
	lines := strings.ReplaceAll(s, "\n", "") // the one text here that has lines
	switch {
	case utf8.RuneCountInString(s) > maxBio:
		return "must have at most 500 characters"
	case strings.ContainsFunc(lines, label.Control):
		return "must not have control or text direction characters"
	}
	return ""
}

func avatarFault(s string) string { return label.LinkFault(s, maxAvatarURL) }

func genderFault(s string) string {
	if utf8.RuneCountInString(s) > maxGender || strings.ContainsFunc(s, label.Control) {
		return "must have at most 32 characters, no control characters"
	}
	return ""
}

func phoneFault(s string) string {
	if s != "" && !phonePattern.MatchString(s) {
		return "must have 5 to 20 digits, with a leading + or not"
	}
	return ""
}

func emailFault(s string) string {
	if s != "" && !isEmail(s) {
		return "must be an email address"
	}
	return ""
}

// emailKey is the form in which addresses are stored and compared.
func emailKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && len(s) <= maxEmail && !strings.ContainsFunc(s, beyondASCII)
}

func beyondASCII(r rune) bool { return r > unicode.MaxASCII }
