package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"im-backend/common/imclient"
)

// groupVerbs are what members do to each other and to a group, after its id.
var groupVerbs = map[string]func(ctx context.Context, c *cli, id string, args []string) error{
	"show":     showGroup,
	"set":      setGroup,
	"members":  listMembers,
	"role":     giveRole,
	"nickname": nickname,
	"mute":     muteMember,
	"mute-all": muteAll,
	"announce": announce,
	"transfer": transfer,
}

const groupVerbsHelp = "members GROUP [-role ROLE|-name TEXT|-since VERSION] | role GROUP USER admin|member | nickname GROUP USER [TEXT...] | " +
	"mute GROUP USER TIME|forever|off | mute-all GROUP TIME|forever|off | announce GROUP [TEXT...] | transfer GROUP USER"

func showGroup(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	g, err := c.client.Group(ctx, id)
	if err == nil {
		c.printGroup(g)
	}
	return err
}

func (c *cli) printGroup(g imclient.Group) {
	c.printf("g:%s  %s, %d of %d members, you are %s\n", g.GroupID, g.Name, g.MemberCount, g.MaxMembers, g.MyRole)
	c.printf("joinPolicy %s, historyVisible %t, inviteRole %s, editRole %s, mentionAllRole %s, slowModeSeconds %d\n",
		g.JoinPolicy, g.HistoryVisible, g.InviteRole, g.EditRole, g.MentionAllRole, g.SlowModeSeconds)
	if g.MutedAllUntil > time.Now().UnixMilli() {
		c.printf("only admins write until %s\n", clock(g.MutedAllUntil))
	}
	if g.Announcement != "" {
		c.printf("%s\n", oneLine(g.Announcement))
	}
}

// setGroup changes one field of a group.
func setGroup(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	text := strings.Join(args[1:], " ")
	var value any
	var err error
	switch args[0] {
	case "name", "avatarUrl", "joinPolicy", "inviteRole", "editRole", "mentionAllRole":
		value = text
	case "historyVisible":
		value, err = strconv.ParseBool(text)
	case "slowModeSeconds":
		value, err = strconv.ParseInt(text, 10, 32)
	default:
		return errUsage
	}
	if err != nil {
		return errUsage
	}
	g, err := c.client.UpdateGroup(ctx, id, map[string]any{args[0]: value})
	if err == nil {
		c.printGroup(g)
	}
	return err
}

func listMembers(ctx context.Context, c *cli, id string, args []string) error {
	flags := flag.NewFlagSet("members", flag.ContinueOnError)
	flags.SetOutput(c.err)
	var filter imclient.MemberFilter
	flags.StringVar(&filter.Role, "role", "", "only owner, admin or member")
	flags.StringVar(&filter.Name, "name", "", "only those whose name begins so")
	flags.Int64Var(&filter.Since, "since", 0, "only what changed since this version")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errUsage
	}
	for cursor := ""; ; {
		page, err := c.client.FindMembers(ctx, id, filter, 0, cursor)
		if err != nil {
			return err
		}
		if page.Reset {
			fmt.Fprintf(c.err, "nothing is known since version %d, this is the whole list\n", filter.Since)
		}
		for _, m := range page.Items {
			c.printf("%s\n", c.memberLine(ctx, m))
		}
		for _, user := range page.Deleted {
			c.printf("@%s (%s) is no member any more\n", c.name(ctx, user), user)
		}
		if cursor = page.NextCursor; cursor == "" {
			fmt.Fprintf(c.err, "version %d\n", page.Version)
			return nil
		}
	}
}

// memberLine is a member with its role, its nickname and its mute.
func (c *cli) memberLine(ctx context.Context, m imclient.Member) string {
	line := fmt.Sprintf("@%s (%s) %s", c.name(ctx, m.UserID), m.UserID, m.Role)
	if m.Nickname != "" {
		line += " " + strconv.Quote(m.Nickname)
	}
	if m.MutedUntil > time.Now().UnixMilli() {
		line += " muted until " + clock(m.MutedUntil)
	}
	return line
}

// updateMember changes one field of a member.
func updateMember(ctx context.Context, c *cli, id, who, field string, value any) error {
	user, err := c.user(ctx, who)
	if err != nil {
		return err
	}
	m, err := c.client.UpdateMember(ctx, id, user, map[string]any{field: value})
	if err == nil {
		c.printf("%s\n", c.memberLine(ctx, m))
	}
	return err
}

func giveRole(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	return updateMember(ctx, c, id, args[0], "role", args[1])
}

func nickname(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) < 1 {
		return errUsage
	}
	return updateMember(ctx, c, id, args[0], "nickname", strings.Join(args[1:], " "))
}

func muteMember(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	until, err := muteEnd(args[1])
	if err != nil {
		return err
	}
	return updateMember(ctx, c, id, args[0], "mutedUntil", until)
}

func muteAll(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	until, err := muteEnd(args[0])
	if err != nil {
		return err
	}
	return c.endWith(c.client.MuteAll(ctx, id, until), "%s\n", muteAllText(until))
}

// muteEnd is when a mute ends, unix milliseconds: after a time such as 90m, zero for off. "forever" is about as long as the server
// takes.
func muteEnd(text string) (int64, error) {
	const longYear = 365 * 24 * time.Hour
	switch text {
	case "off":
		return 0, nil
	case "forever":
		return time.Now().Add(10 * longYear).UnixMilli(), nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length <= 0 {
		return 0, errUsage
	}
	return time.Now().Add(length).UnixMilli(), nil
}

func announce(ctx context.Context, c *cli, id string, args []string) error {
	said := "announced in g:%s\n"
	if len(args) == 0 {
		said = "g:%s announces nothing any more\n"
	}
	return c.endWith(c.client.Announce(ctx, id, strings.Join(args, " ")), said, id)
}

func transfer(ctx context.Context, c *cli, id string, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	return c.towards(ctx, id, args[0], c.client.TransferGroup, "@%s is the owner now, and you are an admin\n")
}

// towards does something to a user in a group and says what came of it.
func (c *cli) towards(ctx context.Context, id, who string, do func(ctx context.Context, groupID, userID string) error, said string) error {
	user, err := c.user(ctx, who)
	if err != nil {
		return err
	}
	return c.endWith(do(ctx, id, user), said, c.name(ctx, user))
}

func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
