package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"

	"im-backend/common/imclient"
)

// command is one thing that imcli does.
type command struct {
	args string
	help string
	run  func(ctx context.Context, c *cli, args []string) error
}

func commands() map[string]command {
	return map[string]command{
		"register":       {"NAME [PASSWORD]", "create an account and sign in", register},
		"login":          {"NAME [PASSWORD]", "sign in", login},
		"logout":         {"", "sign out", exactly(0, logout)},
		"whoami":         {"", "show the account", exactly(0, whoami)},
		"password":       {"[OLD NEW]", "change the password; ends all other sessions", password},
		"delete-account": {"[PASSWORD]", "delete the account for good", deleteAccount},
		"export":         {"[FILE]", "take all data of the account out, as JSON lines", exportData},
		"sessions":       {"", "list the devices that are signed in", exactly(0, sessions)},
		"revoke":         {"SESSION", "end a session", exactly(1, revoke)},
		"revoke-others":  {"", "end all sessions but this one", exactly(0, revokeOthers)},
		"profile":        {"[USER] | set FIELD VALUE...", "show a profile, or change a field of one's own", showProfile},
		"settings":       {"[NAME on|off] | [friendRequestsFrom everyone|nobody]", "show or change privacy settings", settings},
		"presence":       {"[USER...]", "show which friends are online", presence},
		"watch":          {"[USER...]", "print when friends come and go", watch},
		"search":         {"TEXT", "find users", exactly(1, search)},
		"add":            {"USER [MESSAGE]", "ask somebody to be friends", add},
		"requests":       {"", "list friend requests", exactly(0, requests)},
		"accept":         {"USER|REQUEST", "accept a friend request", exactly(1, accept)},
		"reject":         {"USER|REQUEST", "reject a friend request", exactly(1, reject)},
		"cancel":         {"USER|REQUEST", "take a friend request back", exactly(1, cancelRequest)},
		"friends":        {"[-since VERSION]", "list friends, or what changed since a version", friends},
		"remark":         {"USER [TEXT...]", "note what to call a friend, or nothing", remark},
		"star":           {"USER [off]", "star a friend", star},
		"tag":            {"USER [TAG...]", "give a friend these tags and no others", tag},
		"unfriend":       {"USER", "end a friendship", exactly(1, unfriend)},
		"blocks":         {"", "list who is blocked", exactly(0, blocks)},
		"block":          {"USER", "block somebody", exactly(1, block)},
		"unblock":        {"USER", "unblock somebody", exactly(1, unblock)},
		"group":          {"create NAME [USER...] | list | show GROUP | set GROUP FIELD VALUE... | add GROUP USER... | kick GROUP USER | leave GROUP | dismiss GROUP | " + groupVerbsHelp + " | " + joiningHelp, "groups", group},
		"join-code":      {"CODE", "join a group by the code of an invite", exactly(1, joinByCode)},
		"show-code":      {"CODE", "show where the code of an invite leads", exactly(1, showInvite)},
		"send":           {"[-expire DURATION] USER|CONVERSATION TEXT...", "send a message, which may be gone some time after it was read", send},
		"find":           {"[-in USER|CONVERSATION] [-from USER] TEXT...", "find messages, the newest first", find},
		"send-later":     {"TIME|DURATION USER|CONVERSATION TEXT...", "send a message at a time such as 2026-01-02T15:04:05Z, or after a while such as 90m", sendLater},
		"scheduled":      {"", "list messages that wait for their time or were refused", exactly(0, scheduled)},
		"unschedule":     {"ID", "forget a message that waits for its time", exactly(1, unschedule)},
		"listen":         {"", "print messages, first those that were missed", exactly(0, listen)},
		"history":        {"[-n COUNT] [-before SEQ] USER|CONVERSATION", "print older messages", history},
		"conversations":  {"[archived]", "list conversations, or those that are archived", conversations},
		"conv": {
			"pin|unpin|archive|unarchive|unread|hide|clear USER|CONVERSATION | mute USER|CONVERSATION DURATION|off | draft USER|CONVERSATION [TEXT...]",
			"change one's own state of a conversation", conv,
		},
		"delete":  {"USER|CONVERSATION SEQ...", "delete messages for oneself", deleteMessages},
		"readers": {"CONVERSATION SEQ", "show who has read a message", exactly(2, readers)},
		"read":    {"USER|CONVERSATION [SEQ]", "mark messages as read", read},
		"chat":    {"USER|CONVERSATION", "send what is typed, print what comes", exactly(1, chat)},
		"recall":  {"USER|CONVERSATION SEQ", "empty a message for all", exactly(2, recall)},
		"edit":    {"USER|CONVERSATION SEQ TEXT...", "put another text in place of a message's own", edit},
		"edits":   {"USER|CONVERSATION SEQ", "print all that a message has said", exactly(2, edits)},
		"react":   {"USER|CONVERSATION SEQ EMOJI [off]", "react to a message", react},
		"pin":     {"USER|CONVERSATION SEQ [off]", "pin a message for all", pin},
		"pins":    {"USER|CONVERSATION", "print the pinned messages", exactly(1, pins)},
		"forward": {"[-merge] [-title TEXT] USER|CONVERSATION SEQ[,SEQ...] USER|CONVERSATION...", "copy messages to other conversations", forward},
	}
}

// exactly refuses any other number of arguments.
func exactly(n int, run func(context.Context, *cli, []string) error) func(context.Context, *cli, []string) error {
	return func(ctx context.Context, c *cli, args []string) error {
		if len(args) != n {
			return errUsage
		}
		return run(ctx, c, args)
	}
}

func usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintln(w, "usage: imcli [flags] command [arguments]")
	flags.PrintDefaults()
	fmt.Fprintln(w, "\nA USER is a @name or an id; a CONVERSATION is an id such as g:123, as conversations prints it.")
	all := commands()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(w, "  %-14s %s\n  %-14s   %s\n", name, all[name].args, "", all[name].help)
	}
}

func register(ctx context.Context, c *cli, args []string) error {
	return signIn(c, args, func(name, password string) (imclient.SignedIn, error) {
		return c.client.Register(ctx, name, password, "", c.profile.device())
	})
}

func login(ctx context.Context, c *cli, args []string) error {
	return signIn(c, args, func(name, password string) (imclient.SignedIn, error) {
		return c.client.Login(ctx, name, password, c.profile.device())
	})
}

func signIn(c *cli, args []string, call func(name, password string) (imclient.SignedIn, error)) error {
	if len(args) < 1 || len(args) > 2 {
		return errUsage
	}
	given, err := c.secrets(args[1:], "password")
	if err != nil {
		return err
	}
	got, err := call(args[0], given[0])
	if err != nil {
		return err
	}
	c.profile.UserID, c.profile.Username, c.profile.Tokens = got.User.UserID, got.User.Username, got.Tokens
	if err := c.profile.save(); err != nil {
		return err
	}
	c.printf("signed in as @%s (%s)\n", got.User.Username, got.User.UserID)
	return nil
}

func logout(ctx context.Context, c *cli, _ []string) error {
	if err := c.client.Logout(ctx); err != nil {
		return err
	}
	c.printf("signed out\n")
	return nil
}

func whoami(ctx context.Context, c *cli, _ []string) error {
	me, err := c.client.Me(ctx)
	if err != nil {
		return err
	}
	c.printf("@%s (%s) at %s\n", me.Username, me.UserID, c.profile.API)
	return nil
}
