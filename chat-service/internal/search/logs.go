package search

// logs is a heap of logs, what may be newest first.
type logs []*log

// Len implements heap.Interface.
func (l logs) Len() int { return len(l) }

// Less implements heap.Interface.
func (l logs) Less(i, j int) bool { return l[i].bound > l[j].bound }

// Swap implements heap.Interface.
func (l logs) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

// Push implements heap.Interface.
func (l *logs) Push(x any) {
	if one, ok := x.(*log); ok {
		*l = append(*l, one)
	}
}

// Pop implements heap.Interface.
func (l *logs) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
