package archtest_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	readme      = "README.md"
	translation = "README.zh-CN.md"
	docsIndex   = "docs/README.md"
)

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	inCode  = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^(#+) +(.+)$`)
	unnamed = regexp.MustCompile(`[^\p{L}\p{N} _-]`) // what an anchor leaves out of a heading
)

// pages are the Markdown files of the repository by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range files(t) {
		if path.Ext(name) == ".md" {
			found[name] = string(read(t, name))
		}
	}
	require.Contains(t, found, readme)
	return found
}

// links are the targets of a page's links, as they stand there.
func links(text string) (targets []string) {
	for _, match := range link.FindAllStringSubmatch(inCode.ReplaceAllString(fence.ReplaceAllString(text, ""), ""), -1) {
		targets = append(targets, match[1])
	}
	return targets
}

// anchors are the names under which the headings of a page are linked to.
func anchors(text string) (names []string) {
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		name := unnamed.ReplaceAllString(strings.ToLower(match[2]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

// inside splits a link within the repository into the file, from its top, and the anchor; ok is false for a link elsewhere.
func inside(page, target string) (file, anchor string, ok bool) {
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return "", "", false
	}
	file, anchor, _ = strings.Cut(target, "#")
	if file == "" {
		return page, anchor, true
	}
	return path.Join(path.Dir(page), file), anchor, true
}

func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	all, names := pages(t), files(t)
	for page, text := range all {
		for _, target := range links(text) {
			file, anchor, ok := inside(page, target)
			if !ok {
				continue
			}
			if !slices.ContainsFunc(names, func(name string) bool { return name == file || strings.HasPrefix(name, file+"/") }) {
				t.Errorf("%s links to %s, which there is not", page, target)
			} else if anchor != "" && !slices.Contains(anchors(all[file]), anchor) {
				t.Errorf("%s links to %s, which has no such heading", page, target)
			}
		}
	}
}

// TestEveryPageOfDocsIsInItsIndex: who opens README.md or docs/README.md is one link away from each page.
func TestEveryPageOfDocsIsInItsIndex(t *testing.T) {
	t.Parallel()
	all := pages(t)
	var linked []string
	for _, page := range []string{readme, docsIndex} {
		for _, target := range links(all[page]) {
			if file, _, ok := inside(page, target); ok {
				linked = append(linked, file)
			}
		}
	}
	require.Contains(t, linked, docsIndex)
	for page := range all {
		if strings.HasPrefix(page, "docs/") && !slices.Contains(linked, page) {
			t.Errorf("neither %s nor %s links to %s", readme, docsIndex, page)
		}
	}
}

// TestTheTranslationIsInStep: the Chinese page has the commands of the English one, byte for byte, its links and its structure.
func TestTheTranslationIsInStep(t *testing.T) {
	t.Parallel()
	all := pages(t)
	english, chinese := all[readme], all[translation]
	require.Equal(t, fence.FindAllString(english, -1), fence.FindAllString(chinese, -1), "the commands differ")
	require.Equal(t, outline(english), outline(chinese), "the headings, their blocks and tables differ")
	require.Equal(t, distinct(links(english), translation), distinct(links(chinese), readme), "the links differ")
}

// outline is what stands where on a page: the levels of its headings, and under each how many blocks of code, rows of tables and
// numbered steps there are.
func outline(text string) (parts []part) {
	parts = []part{{}}
	code := false
	for line := range strings.Lines(text) {
		now := &parts[len(parts)-1]
		switch {
		case strings.HasPrefix(line, "```"):
			if code = !code; code {
				now.blocks++
			}
		case code:
		case strings.HasPrefix(line, "#"):
			level, _, _ := strings.Cut(line, " ")
			parts = append(parts, part{level: level})
		case strings.HasPrefix(line, "|"):
			now.rows++
		case step.MatchString(line):
			now.steps++
		}
	}
	return parts
}

var step = regexp.MustCompile(`^[0-9]+\. `)

type part struct {
	level               string
	blocks, rows, steps int
}

// distinct sorts links, each once, without the one between the translations.
func distinct(targets []string, other string) []string {
	targets = slices.DeleteFunc(slices.Clone(targets), func(target string) bool { return target == other })
	slices.Sort(targets)
	return slices.Compact(targets)
}
