using FsCheck;
using FsCheck.Fluent;
using InstructKit.Sources.Json;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>The search for the end of a run of plain characters finds the same as a byte-by-byte scan, wherever it is in a block.</summary>
public sealed class JsonStringEndTests
{
    [Fact]
    public void EveryPlaceAndByteIsFound()
    {
        for (var length = 0; length < 100; length++)
        {
            for (var at = 0; at < length; at++)
            {
                foreach (var end in (byte[])[0x00, 0x1f, (byte)'"', (byte)'\\'])
                {
                    var text = new byte[length];
                    text.AsSpan().Fill((byte)'a');
                    text[at] = end;
                    Assert.Equal(at, JsonStringEnd.Find(text, 0));
                    Assert.Equal(at, JsonStringEnd.Find(text, at));
                    Assert.Equal(-1, JsonStringEnd.Find(text, at + 1));
                }
            }
        }
    }

    [Fact]
    public void AgreesWithAWalk() => Prop.ForAll<byte[]>(bytes =>
    {
        for (var from = 0; from <= bytes.Length; from++)
        {
            var expected = Array.FindIndex(bytes, from, value => value is < 0x20 or (byte)'"' or (byte)'\\');
            if (JsonStringEnd.Find(bytes, from) != expected) return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x21)]
    [InlineData(0x7f)]
    [InlineData(0x80)]
    [InlineData(0xff)]
    public void OtherBytesAreNoEnd(byte value)
    {
        var text = new byte[100];
        text.AsSpan().Fill(value);
        Assert.Equal(-1, JsonStringEnd.Find(text, 0));
    }
}
