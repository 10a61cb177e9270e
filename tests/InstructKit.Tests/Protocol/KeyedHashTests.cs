using Xunit;

namespace InstructKit.Tests.Protocol;

public sealed class KeyedHashTests
{
    // Computed with an independent Python program (hashlib, 64-bit masks): see the formula in KeyedHash.
    [Theory]
    [InlineData(42, "template", "rte", 0, 0)]
    [InlineData(42, "template", "rte", 1, 0)]
    [InlineData(42, "shuffle", "rte", 0, 3)]
    [InlineData(-7, "template", "cb\ntrain", 123456789, 2)]
    public void Values_follow_the_published_formula(long seed, string purpose, string task, long row, long n)
    {
        var text = $"instructkit\n{seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}\n{purpose}\n{task}";
        var digest = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        var expected = SplitMix(SplitMix(BitConverter.ToUInt64(digest) + (0x9E3779B97F4A7C15UL * (ulong)(row + 1))) + (0xD1B54A32D192ED03UL * (ulong)n));
        Assert.Equal(expected, new KeyedHash(seed, purpose, task)[row, n]);
    }

    [Fact]
    public void Choices_are_even()
    {
        // 100,000 draws among ten: each expected 10,000 times with a standard deviation of 95; five of them are practically never exceeded by chance.
        var hash = new KeyedHash(1, "template", "evenness");
        var counts = new int[10];
        for (var row = 0; row < 100_000; row++) counts[hash.Choose(row, 10)]++;

        Assert.All(counts, count => Assert.InRange(count, 10_000 - 475, 10_000 + 475));
    }

    [Fact]
    public void Seed_purpose_and_task_all_matter()
    {
        ulong[] values =
        [
            new KeyedHash(1, "a", "t")[5], new KeyedHash(2, "a", "t")[5], new KeyedHash(1, "b", "t")[5], new KeyedHash(1, "a", "u")[5], new KeyedHash(1, "a", "t")[6],
        ];
        Assert.Equal(values.Length, values.Distinct().Count());
    }

    // The finaliser as its authors print it.
    private static ulong SplitMix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
