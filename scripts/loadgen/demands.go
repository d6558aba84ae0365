package main

// demand is what a figure has to be. Zero: there is no such demand.
type demand struct {
	lower    bool    // lower is better
	real     float64 // on real servers
	embedded float64 // all in one process
	goal     float64 // beyond the demand
}

// what names a figure.
type what struct{ scenario, figure string }

// The figures that have a demand.
const (
	figMemory    = "memory per connection, gateway"
	figStored    = "stored messages"
	figCPU       = "CPU per 1,000 messages, all processes"
	figAnswer50  = "answer p50"
	figAnswer99  = "answer p99"
	figReceipt50 = "receipt by the peer p50"
	figReceipt99 = "receipt by the peer p99"
	figDelivered = "deliveries"
	figDelivery  = "delivery p99"
	figGateway   = "CPU per 1,000 deliveries, gateway"
	figCaughtUp  = "sync of everything missed"
	figBack95    = "95 % back and synced"
	figBack      = "all back and synced"
	figOthers    = "the others' p99, with against without"
)

var demands = map[what]demand{
	{"idle", figMemory}:           {lower: true, real: 8, goal: 6.5},
	{"pairs", figStored}:          {real: 9_000, embedded: 5_000, goal: 15_000},
	{"pairs", figCPU}:             {lower: true, real: 0.13, embedded: 0.25, goal: 0.08},
	{"pairs-500", figAnswer50}:    {lower: true, real: 2, embedded: 2, goal: 1},
	{"pairs-500", figAnswer99}:    {lower: true, real: 6, embedded: 6, goal: 3},
	{"pairs-500", figReceipt50}:   {lower: true, real: 5, embedded: 5, goal: 2},
	{"pairs-500", figReceipt99}:   {lower: true, real: 15, embedded: 15, goal: 6},
	{"room-2", figDelivered}:      {real: 90_000, embedded: 90_000, goal: 110_000},
	{"room-2", figDelivery}:       {lower: true, real: 35, embedded: 35},
	{"room-2", figGateway}:        {lower: true, real: 0.010, embedded: 0.010},
	{"room-16", figDelivered}:     {real: 200_000, embedded: 200_000, goal: 400_000},
	{"offline-sync", figCaughtUp}: {lower: true, real: 1_000, embedded: 1_000},
	{"storm", figBack95}:          {lower: true, real: 10, embedded: 10},
	{"storm", figBack}:            {lower: true, real: 60, embedded: 60},
	{"stalled", figOthers}:        {lower: true, real: 1.10, embedded: 1.10},
}

// of answers the demand on a figure for a kind of servers; zero when there is none.
func (d demand) of(embedded bool) float64 {
	if embedded {
		return d.embedded
	}
	return d.real
}

// met reports whether a value satisfies a bound.
func (d demand) met(value, bound float64) bool {
	if d.lower {
		return value <= bound
	}
	return value >= bound
}
