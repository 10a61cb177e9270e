namespace InstructKit.Tests.Protocol;

/// <summary>MT19937 (Matsumoto and Nishimura 1998) with the seeding methods of numpy's and Python's generators; FLAN's splits come from both.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    private MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++) _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
    }

    /// <summary>As numpy's <c>RandomState(seed)</c>.</summary>
    public static MersenneTwister Numpy(uint seed) => new(seed);

    /// <summary>As Python's <c>random.Random(seed)</c> for a seed below 2^32: seeding by an array of one.</summary>
    public static MersenneTwister Python(uint seed)
    {
        var twister = new MersenneTwister(19650218u);
        var state = twister._state;
        var i = 1;
        for (var k = 0; k < Size; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + seed;
            i = Step(state, i);
        }

        for (var k = 0; k < Size - 1; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - (uint)i;
            i = Step(state, i);
        }

        state[0] = 0x80000000u;
        return twister;
    }

    /// <summary>The permutation returned by <c>RandomState.permutation(n)</c>.</summary>
    public int[] Permutation(int n) => Shuffled([.. Enumerable.Range(0, n)], limit => Bounded(limit, bits => Next() & ((1u << bits) - 1)));

    /// <summary>The order of a list after <c>random.shuffle</c>.</summary>
    public T[] Shuffle<T>(IEnumerable<T> items) => Shuffled([.. items], limit => Bounded(limit, bits => Next() >> (32 - bits), exclusive: true));

    private static T[] Shuffled<T>(T[] items, Func<int, int> draw)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = draw(i);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }

    // A number from 0 to limit: draws of just enough bits until one fits. Python counts the bits of limit + 1.
    private static int Bounded(int limit, Func<int, uint> bits, bool exclusive = false)
    {
        var width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(exclusive ? limit + 1 : limit));
        while (true)
        {
            var drawn = bits(width);
            if (drawn <= limit) return (int)drawn;
        }
    }

    private static int Step(uint[] state, int i)
    {
        if (i + 1 < Size) return i + 1;

        state[0] = state[Size - 1];
        return 1;
    }

    private uint Next()
    {
        if (_next == Size)
        {
            for (var i = 0; i < Size; i++)
            {
                var joined = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7fffffffu);
                _state[i] = _state[(i + Middle) % Size] ^ (joined >> 1) ^ ((joined & 1) == 0 ? 0u : 0x9908b0dfu);
            }

            _next = 0;
        }

        var drawn = _state[_next++];
        drawn ^= drawn >> 11;
        drawn ^= (drawn << 7) & 0x9d2c5680u;
        drawn ^= (drawn << 15) & 0xefc60000u;
        return drawn ^ (drawn >> 18);
    }
}
