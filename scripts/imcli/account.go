package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"im-backend/common/imclient"
)

// showProfile shows somebody's profile, or one's own; with set, a field and a value it changes one's own.
func showProfile(ctx context.Context, c *cli, args []string) error {
	switch {
	case len(args) == 1:
		id, err := c.user(ctx, args[0])
		if err != nil {
			return err
		}
		u, err := c.client.User(ctx, id)
		if err == nil {
			c.showUser(u)
		}
		return err
	case len(args) == 0:
		me, err := c.client.Me(ctx)
		if err == nil {
			c.showMe(me)
		}
		return err
	case args[0] != "set" || len(args) < 3 || !slices.Contains(profileFields, args[1]):
		return errUsage
	}
	me, err := c.client.UpdateMe(ctx, map[string]any{args[1]: strings.Join(args[2:], " ")})
	if err == nil {
		c.showMe(me)
	}
	return err
}

// profileFields are the fields that profile set takes.
var profileFields = []string{"nickname", "avatarUrl", "bio", "gender", "phone", "email"}

func (c *cli) showUser(u imclient.User) {
	c.printf("@%s (%s) %s\n", u.Username, u.UserID, u.Nickname)
	c.showField("avatarUrl", u.AvatarURL)
	c.showField("bio", u.Bio)
	c.showField("gender", u.Gender)
}

func (c *cli) showMe(p imclient.Profile) {
	c.showUser(p.User)
	c.showField("phone", p.Phone)
	c.showField("email", p.Email)
}

// showField prints a field that is not empty.
func (c *cli) showField(name, value string) {
	if value != "" {
		c.printf("%s: %s\n", name, strings.ReplaceAll(value, "\n", " "))
	}
}

// settings shows one's privacy choices, or changes one.
func settings(ctx context.Context, c *cli, args []string) error {
	var me imclient.Profile
	var err error
	switch {
	case len(args) == 0:
		me, err = c.client.Me(ctx)
	case len(args) == 2 && (args[1] == "on" || args[1] == "off") && switches(me.Settings)[args[0]] != nil:
		me, err = c.client.UpdateMe(ctx, map[string]any{"settings": map[string]any{args[0]: args[1] == "on"}})
	case len(args) == 2 && args[0] == requestsFrom && (args[1] == "everyone" || args[1] == "nobody"):
		me, err = c.client.UpdateMe(ctx, map[string]any{"settings": map[string]any{requestsFrom: args[1]}})
	default:
		return errUsage
	}
	if err != nil {
		return err
	}
	all := switches(me.Settings)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		state := "off"
		if *all[name] {
			state = "on"
		}
		c.printf("%s %s\n", name, state)
	}
	c.printf("%s %s\n", requestsFrom, me.Settings.FriendRequestsFrom)
	return nil
}

// requestsFrom is the setting that is no switch.
const requestsFrom = "friendRequestsFrom"

// switches are the settings that are on or off, by name.
func switches(s imclient.Settings) map[string]*bool {
	return map[string]*bool{
		"findableByPhone": &s.FindableByPhone, "findableByEmail": &s.FindableByEmail, "findableByName": &s.FindableByName,
		"showLastSeen": &s.ShowLastSeen,
	}
}
