package main

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// checkNetwork holds the policies against the services' configuration: a service reaches those that it looks for in Etcd and the
// stores that it uses, and no other; and it is let in there.
func (o *overlay) checkNetwork(f *faults, p *project) {
	f.when(!slices.ContainsFunc(o.policies, deniesAll), "no NetworkPolicy denies what is not allowed")
	for _, from := range o.deployments {
		caller := p.services[from.Name]
		if caller == nil {
			continue
		}
		for _, to := range o.deployments {
			port, key := grpcPort(to), ""
			if called := p.services[to.Name]; called != nil {
				key = called.key
			}
			if port == 0 {
				continue
			}
			f.when(o.leaves(from, to, port) != caller.calls[key], "NetworkPolicy: %s to %s: may leave, or may not, against etc/*.yaml", from.Name, to.Name)
			f.when(o.enters(from, to, port) != caller.calls[key], "NetworkPolicy: %s to %s: is let in, or not, against etc/*.yaml", from.Name, to.Name)
		}
		for _, port := range storePorts {
			f.when(o.leaves(from, nil, port) != caller.stores[port], "NetworkPolicy: %s to port %d: against etc/*.yaml", from.Name, port)
		}
	}
}

func deniesAll(p *networkingv1.NetworkPolicy) bool {
	all := len(p.Spec.PodSelector.MatchLabels) == 0 && len(p.Spec.PodSelector.MatchExpressions) == 0
	return all && len(p.Spec.Ingress) == 0 && len(p.Spec.Egress) == 0 && len(p.Spec.PolicyTypes) == 2
}

// leaves reports whether a pod may send to another, or to a store, which is outside, at a port.
func (o *overlay) leaves(from, to *appsv1.Deployment, port int) bool {
	for _, p := range o.policies {
		if !matches(&p.Spec.PodSelector, from.Spec.Template.Labels) {
			continue
		}
		for _, rule := range p.Spec.Egress {
			if hasPeer(rule.To, to) && inPorts(rule.Ports, port) {
				return true
			}
		}
	}
	return false
}

// enters reports whether a pod is let in by another at a port.
func (o *overlay) enters(from, to *appsv1.Deployment, port int) bool {
	for _, p := range o.policies {
		if !matches(&p.Spec.PodSelector, to.Spec.Template.Labels) {
			continue
		}
		for _, rule := range p.Spec.Ingress {
			if hasPeer(rule.From, from) && inPorts(rule.Ports, port) {
				return true
			}
		}
	}
	return false
}

// hasPeer: no peers are all of them. A store is in no policy by its labels, for it is the operator's.
func hasPeer(peers []networkingv1.NetworkPolicyPeer, d *appsv1.Deployment) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(peer networkingv1.NetworkPolicyPeer) bool {
		if d == nil {
			return peer.IPBlock != nil
		}
		return peer.NamespaceSelector == nil && peer.PodSelector != nil && matches(peer.PodSelector, d.Spec.Template.Labels)
	})
}

func inPorts(ports []networkingv1.NetworkPolicyPort, port int) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		if p.Protocol != nil && *p.Protocol != corev1.ProtocolTCP || p.Port == nil {
			return false
		}
		last := p.Port.IntValue()
		if p.EndPort != nil {
			last = int(*p.EndPort)
		}
		return p.Port.IntValue() <= port && port <= last
	})
}

// grpcPort is 0 for a service that nobody calls.
func grpcPort(d *appsv1.Deployment) int {
	for _, c := range d.Spec.Template.Spec.Containers {
		for _, p := range c.Ports {
			if p.Name == "grpc" {
				return int(p.ContainerPort)
			}
		}
	}
	return 0
}
