package imclient

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"sync"
)

// State is what a device remembers: what it was given of each conversation, and up to where it has synced.
type State struct {
	Since     string           // the sync token
	Positions map[string]int64 // conversation id → seq of the last entry that was handed out
}

// Store keeps a device's State across restarts.
type Store interface {
	// Load answers what was saved, an empty State at first.
	Load() (State, error)
	// SavePosition notes that an entry was handed out.
	SavePosition(conversationID string, seq int64) error
	// SaveSince notes a sync token.
	SaveSince(token string) error
}

// MemoryStore forgets everything with the process. Its zero value is ready.
type MemoryStore struct {
	mu    sync.Mutex
	state State
}

// Load implements Store.
func (s *MemoryStore) Load() (State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{Since: s.state.Since, Positions: maps.Clone(s.state.Positions)}, nil
}

// SavePosition implements Store.
func (s *MemoryStore) SavePosition(conversationID string, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Positions == nil {
		s.state.Positions = map[string]int64{}
	}
	s.state.Positions[conversationID] = seq
	return nil
}

// SaveSince implements Store.
func (s *MemoryStore) SaveSince(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Since = token
	return nil
}

// FileStore keeps the state in a file of JSON lines, the last one about a thing being the truth. A line is one write, so a
// killed process loses at most the one that it was writing.
type FileStore struct {
	path string
	mu   sync.Mutex
	file *os.File
}

// line is one change.
type line struct {
	Conversation string  `json:"c,omitempty"`
	Seq          int64   `json:"seq,omitempty"`
	Since        *string `json:"since,omitempty"`
}

// OpenFileStore opens the file, makes it when there is none, and writes it anew without what is outdated.
func OpenFileStore(path string) (*FileStore, error) {
	state, err := readState(path)
	if err != nil {
		return nil, err
	}
	fresh := path + ".new"
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, fmt.Errorf("open positions: %w", err)
	}
	s := &FileStore{path: path, file: file}
	for id, seq := range state.Positions {
		err = errors.Join(err, s.SavePosition(id, seq))
	}
	err = errors.Join(err, s.SaveSince(state.Since), os.Rename(fresh, path))
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("write positions: %w", err)
	}
	return s, nil
}

func readState(path string) (State, error) {
	state := State{Positions: map[string]int64{}}
	file, err := os.Open(path) //nolint:gosec // the caller names the file
	if errors.Is(err, fs.ErrNotExist) {
		return state, nil
	}
	if err != nil {
		return state, fmt.Errorf("read positions: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			continue // cut off by a crash
		}
		if l.Since != nil {
			state.Since = *l.Since
		}
		if l.Conversation != "" {
			state.Positions[l.Conversation] = l.Seq
		}
	}
	if err := lines.Err(); err != nil {
		return state, fmt.Errorf("read positions: %w", err)
	}
	return state, nil
}

// Load implements Store.
func (s *FileStore) Load() (State, error) { return readState(s.path) }

// SavePosition implements Store.
func (s *FileStore) SavePosition(conversationID string, seq int64) error {
	return s.append(line{Conversation: conversationID, Seq: seq})
}

// SaveSince implements Store.
func (s *FileStore) SaveSince(token string) error { return s.append(line{Since: &token}) }

func (s *FileStore) append(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode position: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	return nil
}

// Close closes the file.
func (s *FileStore) Close() error { return s.file.Close() }
