using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace InstructKit.Benchmarks;

/// <summary>The hash of the manifest, per MiB, and the keyed hash used for every random choice.</summary>
public class Hashing
{
    private readonly byte[] _block = new byte[1 << 20];
    private readonly byte[] _digest = new byte[32];
    private readonly KeyedHash _keyed = new(42, "template", "rte\ntrain");

    [Benchmark]
    public int Sha256OfMebibyte() => SHA256.HashData(_block, _digest);

    [Benchmark(OperationsPerInvoke = 1024)]
    public long ChoiceOfTemplate()
    {
        var sum = 0L;
        for (var row = 0; row < 1024; row++) sum += _keyed.Choose(row, 10);

        return sum;
    }
}
