package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// project is what the repository says about its services.
type project struct {
	services map[string]*service
	page     string // the operator's page, which names the secrets
	migrate  string // the source of the migration job, which names its environment
}

// service is what the configuration of one says.
type service struct {
	key    string          // under which it registers in Etcd; none: nobody calls it
	calls  map[string]bool // the keys of those that it calls
	stores map[int]bool    // the usual ports of the stores that it uses
	names  map[string]bool // of the environment, that set something
}

// storePorts are those of the stores, by the part of the configuration that says where one is.
var storePorts = map[string]int{"Database": 3306, "StoreRedis": 6379, "Kafka": 9092}

var (
	section     = regexp.MustCompile(`(?m)^## (\S+)$`)
	environment = regexp.MustCompile("`([A-Z][A-Z0-9_]+)`")
)

func readProject(root string) (*project, error) {
	p := &project{services: map[string]*service{}}
	files, err := filepath.Glob(filepath.Join(root, "*", "etc", "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		s, err := readService(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		p.services[filepath.Base(filepath.Dir(filepath.Dir(file)))] = s
	}
	docs, err := os.ReadFile(filepath.Join(root, "docs", "configuration.md"))
	if err != nil {
		return nil, err
	}
	p.readNames(string(docs))
	page, err := os.ReadFile(filepath.Join(root, "docs", "kubernetes.md"))
	if err != nil {
		return nil, err
	}
	migrate, err := os.ReadFile(filepath.Join(root, "scripts", "migrate", "main.go"))
	p.page, p.migrate = string(page), string(migrate)
	return p, err
}

func readService(file string) (*service, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	s := &service{calls: map[string]bool{}, stores: map[int]bool{}, names: map[string]bool{}}
	if etcd, ok := tree["Etcd"].(map[string]any); ok {
		s.key, _ = etcd["Key"].(string)
		delete(tree, "Etcd")
	}
	for part, port := range storePorts {
		if _, ok := tree[part]; ok {
			s.stores[port] = true
		}
	}
	s.follow(tree)
	return s, nil
}

// follow finds whom a service looks for in Etcd.
func (s *service) follow(tree map[string]any) {
	for name, value := range tree {
		switch value := value.(type) {
		case map[string]any:
			s.follow(value)
		case string:
			if name == "Key" && strings.HasSuffix(value, ".rpc") {
				s.calls[value] = true
			}
		}
	}
}

// readNames reads the page of all configuration, which has a section for each service.
func (p *project) readNames(page string) {
	heads := section.FindAllStringSubmatchIndex(page, -1)
	for i, head := range heads {
		end := len(page)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		s := p.services[page[head[2]:head[3]]]
		if s == nil {
			continue
		}
		for _, name := range environment.FindAllStringSubmatch(page[head[1]:end], -1) {
			s.names[name[1]] = true
		}
	}
}

// sets reports whether any service knows a name.
func (p *project) sets(name string) bool {
	for _, s := range p.services {
		if s.names[name] {
			return true
		}
	}
	return false
}
