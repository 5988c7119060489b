package scenarios

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNetworks(t *testing.T) {
	tests := []struct {
		total, size int
		want        []int
		hint        string
	}{
		{12000, 12000, []int{12000}, ""},
		{24000, 12000, []int{12000, 12000}, ""},
		{24100, 12000, []int{12050, 12050}, ""},        // 50/12000 = 0.4%
		{36001, 12000, []int{12001, 12000, 12000}, ""}, // the remainder goes to the first
		{11880, 12000, []int{11880}, ""},               // 120/12000 = 1% exactly
		{11879, 12000, nil, "set population.patients to 12000, or network.patients to 11879"},
		{30000, 12000, nil, "set population.patients to 24000 or 36000, or network.patients to 10000"}, // 2.5 rounds to 3
		{151, 100, nil, "set population.patients to 100 or 200, or network.patients to 75"},            // 1.51 rounds to 2
		{50, 100, nil, "set population.patients to 100, or network.patients to 50"},
		{2_000_000, 1, nil, "set network.patients to 2 or more"},
		{0, 100, nil, "set both to 1 or more"},
	}
	for _, tt := range tests {
		s := &Scenario{Population: Population{Patients: tt.total}, Network: Network{Patients: tt.size}}
		got, err := Networks(s)
		if tt.hint != "" {
			require.ErrorContains(t, err, tt.hint)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, tt.want, got)
	}
}

func TestNetworksKeepEveryPatient(t *testing.T) {
	for total := 99_000; total <= 101_000; total += 37 {
		s := &Scenario{Population: Population{Patients: total}, Network: Network{Patients: 1000}}
		sizes, err := Networks(s)
		require.NoError(t, err, total) // about 100 networks: never more than 0.5% off
		sum := 0
		for _, size := range sizes {
			sum += size
			require.InDelta(t, 1000, size, 10)
		}
		require.Equal(t, total, sum)
	}
}

func TestPatientsPerFTE(t *testing.T) {
	s, err := Load("cardiopulmonary", nil)
	require.NoError(t, err)
	require.InDelta(t, 12000/s.Staff["physician"].FTE, s.PatientsPerFTE(Physician), 1e-9)
	require.Equal(t, 3000.0, s.PatientsPerFTE(RN)) // 12,000 / 4
	require.InDelta(t, 12000/1.8, s.PatientsPerFTE(Specialist), 1e-9)
	require.True(t, math.IsNaN(s.PatientsPerFTE(APP)))
	require.Equal(t, []string{"cardiologist", "front_desk", "ma", "pharmacist", "physician", "pulmonologist", "rn"}, s.Groups())
}

func TestStarterLoadsForAnyHours(t *testing.T) {
	for _, days := range [][2]int{{0, 4}, {0, 6}, {2, 2}} {
		for start := 0; start < MinutesPerDay; start += 235 {
			for end := start + 60; end <= MinutesPerDay; end += 155 {
				_, err := Starter(Clinic{9000, 14.5, .4, Window{days[0], days[1], start, end}})
				require.NoError(t, err, "%v %d-%d", days, start, end)
			}
		}
	}
}

func TestStarter(t *testing.T) {
	hours := Window{0, 4, 480, 1020}
	text, err := Starter(Clinic{9000, 6, 3, hours})
	require.NoError(t, err)
	s, err := LoadText("my-clinic.yaml", text, nil)
	require.NoError(t, err)
	require.Equal(t, 9000, s.Population.Patients)
	require.Equal(t, 1500.0, s.PatientsPerFTE(Physician)) // 9000 / 6
	require.Equal(t, 3000.0, s.PatientsPerFTE(RN))        // 9000 / 3
	require.Equal(t, hours, s.Network.Hours)
	require.Len(t, s.Staff["physician"].OwnTime, 2, "the evening habits stay")

	_, err = Starter(Clinic{0, 6, 3, hours})
	require.ErrorContains(t, err, "population.patients is out of range: 0")
	_, err = Starter(Clinic{100, 6, -3, hours})
	require.ErrorContains(t, err, "staff.rn.fte is out of range: -3")
	_, err = Starter(Clinic{100, 6, 3, Window{0, 4, 480, 530}})
	require.ErrorContains(t, err, "shorter than an hour")
}
