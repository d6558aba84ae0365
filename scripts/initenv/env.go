package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// passwords are the names of all that compose asks .env for.
var passwords = []string{
	"MYSQL_ROOT_PASSWORD", "MYSQL_IM_USER_PASSWORD", "MYSQL_IM_FRIEND_PASSWORD", "MYSQL_IM_GROUP_PASSWORD", "MYSQL_IM_CHAT_PASSWORD",
	"REDIS_PASSWORD", "KAFKA_PASSWORD", "KAFKA_BROKER_PASSWORD",
}

const header = `# Made by scripts/init-env, which adds what is missing and changes nothing. Keep it as secret as the data.
# What else can be set here is in docs/deploy.md.
`

// writeEnv adds to .env what it lacks and answers how many passwords it made.
func writeEnv(path string, who owner) (int, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the directory
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(header)
	} else if err != nil {
		return 0, fmt.Errorf("read passwords: %w", err)
	}
	set := names(text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	made := 0
	for _, name := range passwords {
		if !set[name] {
			text = fmt.Appendf(text, "%s=%s\n", name, password())
			made++
		}
	}
	if !set["IM_USER"] {
		text = fmt.Appendf(text, "IM_USER=%s\n", who)
	}
	if err := replace(path, text); err != nil {
		return 0, fmt.Errorf("write passwords: %w", err)
	}
	return made, nil
}

// names are those that a file sets to something.
func names(text []byte) map[string]bool {
	set := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if found && strings.Trim(value, `"' `) != "" && !strings.HasPrefix(name, "#") {
			set[strings.TrimSpace(name)] = true
		}
	}
	return set
}

const (
	letters        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" // nothing that YAML, a DSN or a shell would read
	passwordLength = 32                                                               // 190 bits
)

// password is random, and never one that secret.Check refuses.
func password() string {
	p := make([]byte, 0, passwordLength)
	for random := make([]byte, 1); len(p) < passwordLength; {
		_, _ = rand.Read(random) // it does not fail
		if int(random[0]) < 256/len(letters)*len(letters) {
			p = append(p, letters[int(random[0])%len(letters)])
		}
	}
	return string(p)
}

// replace writes a file, for its owner only, whole or not at all.
func replace(path string, text []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil { //nolint:gosec // the operator names the directory
		return err //nolint:wrapcheck // it names the file
	}
	return os.Rename(next, path) //nolint:wrapcheck // as above
}
