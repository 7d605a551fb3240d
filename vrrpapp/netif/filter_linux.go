package netif

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// filter is the program that drops the packets of foreign virtual routers in the kernel. It looks at nothing else: what
// is wrong with a packet of our own router must be counted, so it must arrive. Nothing is filtered for an empty set; then
// there is no program.
func filter(v6 bool, set VRIDs) []bpf.Instruction {
	if set == (VRIDs{}) {
		return nil
	}
	program := append(readVRID(v6), ifIn(set, accept)...)
	return append(program, refuse)
}

// earFilter is the program of an Ear: it drops what is heard already. What does not fit into a program of mostInstructions
// comes through, and costs what it costs.
func earFilter(v6 bool, heard []Heard) []bpf.Instruction {
	program := readVRID(v6)
	for _, h := range heard {
		then := ifIn(h.VRIDs, refuse)
		then = append(ifTo(v6, h.To, len(then)), then...)
		if len(program)+len(then) < mostInstructions {
			program = append(program, then...)
		}
	}
	return append(program, accept)
}

// mostInstructions of a program, so that two of them (one takes another's place) fit into the 20 KiB that kernels before 6.9 allow
// a socket (net.core.optmem_max): the kernel makes up to two of its own, of 8 bytes, from each.
const mostInstructions = 512

var (
	accept = bpf.RetConstant{Val: 1 << 16}
	refuse = bpf.RetConstant{Val: 0}
)

// Registers of the programs.
const (
	bit  = 1 // 1 << VRID%32
	word = 2 // VRID/32
)

// readVRID sets the registers. The VRID is the second byte of the message. A raw IPv4 socket shows the filter the IP header too, an
// IPv6 one does not.
func readVRID(v6 bool) []bpf.Instruction {
	vrid := bpf.Instruction(bpf.LoadIndirect{Off: 1, Size: 1})
	if v6 {
		vrid = bpf.LoadAbsolute{Off: 1, Size: 1}
	}
	return []bpf.Instruction{
		bpf.LoadMemShift{Off: 0}, // X = length of the IPv4 header
		vrid,
		bpf.StoreScratch{Src: bpf.RegA, N: 0},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 5},
		bpf.StoreScratch{Src: bpf.RegA, N: word},
		bpf.LoadScratch{Dst: bpf.RegA, N: 0},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 31},
		bpf.TAX{},
		bpf.LoadConstant{Dst: bpf.RegA, Val: 1},
		bpf.ALUOpX{Op: bpf.ALUOpShiftLeft},
		bpf.StoreScratch{Src: bpf.RegA, N: bit},
		bpf.LoadScratch{Dst: bpf.RegX, N: bit},
	}
}

// ifIn ends the program so when the VRID is in the set, and goes on otherwise.
func ifIn(set VRIDs, end bpf.Instruction) (program []bpf.Instruction) {
	for i, bits := range set {
		if bits == 0 {
			continue
		}
		program = append(program,
			bpf.LoadScratch{Dst: bpf.RegA, N: word},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(i), SkipTrue: 4},
			bpf.LoadConstant{Dst: bpf.RegA, Val: bits},
			bpf.ALUOpX{Op: bpf.ALUOpAnd},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
			end,
		)
	}
	return program
}

// networkHeader is where the IP header begins for a load, SKF_NET_OFF of linux/filter.h: also where the filter is not shown it.
const networkHeader = 1<<32 - 0x100000

// ifTo skips the next n instructions unless the destination is that.
func ifTo(v6 bool, to netip.Addr, n int) (program []bpf.Instruction) {
	at := uint32(networkHeader + 16)
	if v6 {
		at = networkHeader + 24
	}
	raw := to.AsSlice()
	for i := 0; i < len(raw); i += 4 {
		rest := len(raw)/4 - i/4 - 1
		program = append(program,
			bpf.LoadAbsolute{Off: at + uint32(i), Size: 4},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: binary.BigEndian.Uint32(raw[i:]), SkipFalse: uint8(2*rest + n)},
		)
	}
	return program
}

// refuseAll is for sockets that only send.
var refuseAll = []bpf.Instruction{refuse}

// attach sets or replaces the filter of a socket.
func attach(fd int, program []bpf.Instruction) error {
	if program == nil {
		err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
		if err == unix.ENOENT {
			return nil
		}
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	insns := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		insns[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	prog := unix.SockFprog{Len: uint16(len(insns)), Filter: &insns[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog); err != nil {
		return fmt.Errorf("attach filter: %w", err)
	}
	return nil
}
