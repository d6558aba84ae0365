package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"im-backend/common/imclient"
	"im-backend/common/model"
)

// cli is one call of the program.
type cli struct {
	profile *profile
	client  *imclient.Client
	in      *bufio.Scanner
	out     io.Writer
	err     io.Writer // what is not data: states and prompts
	names   map[string]string
}

// open reads the profile and makes a client that keeps the profile's tokens up to date.
func open(home, name, api string, in io.Reader, out, errOut io.Writer) (*cli, error) {
	dir, err := folder(home, name)
	if err != nil {
		return nil, err
	}
	p, err := loadProfile(dir)
	if err != nil {
		return nil, err
	}
	if api != "" {
		p.API = api
	}
	c := &cli{profile: p, in: bufio.NewScanner(in), out: out, err: errOut, names: map[string]string{"0": "*"}}
	c.client = imclient.New(p.API, imclient.WithTokens(p.Tokens),
		imclient.OnTokens(func(t imclient.Tokens) {
			p.Tokens = t
			if err := p.save(); err != nil {
				fmt.Fprintf(errOut, "imcli: %v\n", err)
			}
		}),
		imclient.SharedTokens(func() imclient.Tokens { // a listener and a sender may share a profile
			if other, err := loadProfile(dir); err == nil && other.UserID == p.UserID {
				return other.Tokens
			}
			return imclient.Tokens{}
		}))
	return c, nil
}

func (c *cli) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// user finds a user id: @name, name or the id itself.
func (c *cli) user(ctx context.Context, who string) (string, error) {
	name, named := strings.CutPrefix(who, "@")
	if _, err := model.ParseID(who); err == nil && !named {
		return who, nil
	}
	found, err := c.client.SearchUsers(ctx, name, 0, "")
	if err != nil {
		return "", err
	}
	for _, u := range found.Items {
		if strings.EqualFold(u.Username, name) {
			c.names[u.UserID] = u.Username
			return u.UserID, nil
		}
	}
	return "", fmt.Errorf("there is no user %q", name)
}

// users finds several user ids.
func (c *cli) users(ctx context.Context, who []string) ([]string, error) {
	ids := make([]string, 0, len(who))
	for _, w := range who {
		id, err := c.user(ctx, w)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

var errSignedOut = errors.New("not signed in: imcli register NAME, or imcli login NAME")

// conversation finds a conversation id: the id itself, or a user's.
func (c *cli) conversation(ctx context.Context, target string) (string, error) {
	if _, err := model.ParseConversationID(target); err == nil {
		return target, nil
	}
	id, err := c.user(ctx, target)
	if err != nil {
		return "", err
	}
	me, err := model.ParseID(c.profile.UserID)
	if err != nil {
		return "", errSignedOut
	}
	peer, err := model.ParseID(id)
	if err != nil {
		return "", fmt.Errorf("user id %q: %w", id, err)
	}
	return string(model.SingleID(model.UserID(me), model.UserID(peer))), nil
}

// address makes m go to a target.
func (c *cli) address(ctx context.Context, m *imclient.Outgoing, target string) (err error) {
	if strings.Contains(target, ":") {
		m.ConversationID = target
		return nil
	}
	m.ToUserID, err = c.user(ctx, target)
	return err
}

// name is how a user is shown; a user that cannot be asked for is shown by id.
func (c *cli) name(ctx context.Context, userID string) string {
	if name, ok := c.names[userID]; ok {
		return name
	}
	u, err := c.client.User(ctx, userID)
	if err != nil {
		return userID
	}
	c.names[userID] = u.Username
	return u.Username
}

// prompt asks for a line.
func (c *cli) prompt(what string) (string, error) {
	fmt.Fprintf(c.err, "%s: ", what)
	if !c.in.Scan() {
		return "", fmt.Errorf("no %s was given", what)
	}
	return c.in.Text(), nil
}

// explain puts an error into words for people.
func explain(err error) string {
	var closed *imclient.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == 4502:
		return "this account signed in on another device of this kind"
	case errors.As(err, &closed) && closed.Code == 4501:
		return "the session has ended: log in again"
	case errors.Is(err, imclient.ErrNoSession), imclient.Reason(err) == "UNAUTHENTICATED":
		return errSignedOut.Error()
	case imclient.Reason(err) == "MUTED":
		return untilClock(err.Error())
	}
	return err.Error()
}
