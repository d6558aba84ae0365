package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/label"
	"im-backend/common/utils/page"
)

// maxQuery is the longest text that can find anybody, in characters.
const maxQuery = maxEmail

// Query is a search text in the forms in which it is compared. An empty phone or email matches nothing.
type Query struct {
	Name  string // for the username, whole, and the nickname, from its start
	Phone string
	Email string
}

// Position is a place in the order of nicknames. The zero value is before the first.
type Position struct {
	Name string
	ID   model.UserID
}

// cursor says how much of a search was answered: so many exact matches, then nicknames up to a position.
type cursor struct {
	Exact int      `json:"e"`
	After Position `json:"a"`
}

// Search finds active users: first those that the text names exactly, by username or by a phone number or email address whose
// owner allows it, then those whose nickname starts with it. The next cursor is empty at the end. Errors: INVALID_ARGUMENT.
func (a *Accounts) Search(ctx context.Context, text string, asked int32, from string) ([]User, string, error) {
	q, limit, at, err := checkedSearch(text, asked, from)
	if err != nil {
		return nil, "", err
	}
	exact, err := a.store.Exact(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("search users: %w", err)
	}
	users := make([]User, 0, limit)
	for ; at.Exact < len(exact); at.Exact++ {
		if len(users) == limit {
			return users, page.Cursor(at), nil
		}
		users = append(users, exact[at.Exact].User)
	}
	// One more than fits tells whether there is a next page; exact matches come again among the nicknames and are left out.
	named, err := a.store.ByNickname(ctx, q, at.After, limit-len(users)+len(exact)+1)
	if err != nil {
		return nil, "", fmt.Errorf("search users: %w", err)
	}
	for _, account := range named {
		if slices.ContainsFunc(exact, func(e Account) bool { return e.ID == account.ID }) {
			continue
		}
		if len(users) == limit {
			return users, page.Cursor(at), nil
		}
		users = append(users, account.User)
		at.After = Position{Name: label.Key(account.Nickname), ID: account.ID}
	}
	return users, "", nil
}

func checkedSearch(text string, asked int32, from string) (Query, int, cursor, error) {
	var f faults
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxQuery || strings.ContainsFunc(text, label.Control) {
		f.add("q", fmt.Sprintf("must have 1 to %d characters", maxQuery))
	}
	limit, err := page.Limit(asked)
	f.join(err)
	var at cursor
	f.join(page.Parse(from, &at))
	at.Exact = max(at.Exact, 0)
	return newQuery(text), limit, at, f.err()
}

func newQuery(text string) Query {
	q := Query{Name: label.Key(text)}
	if phone := phoneFiller.Replace(text); phonePattern.MatchString(phone) {
		q.Phone = phone
	}
	if email := emailKey(text); isEmail(email) {
		q.Email = email
	}
	return q
}
