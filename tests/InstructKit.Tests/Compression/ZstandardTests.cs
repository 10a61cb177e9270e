using System.IO.Hashing;
using InstructKit.Compression;
using Xunit;

namespace InstructKit.Tests.Compression;

/// <summary>Both ways of reading, the system's library (if available) and the managed one, give the same bytes and have the same limits.</summary>
public sealed class ZstandardTests
{
    // Made with zstd 1.5.4: two frames, the first with a checksum.
    private static readonly byte[] TwoFrames = Convert.FromBase64String("KLUv/QRYYQAAeyJ2IjoxfQp7InYiojHqXSi1L/0EWCEAADoyfQpFmK20");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_of_another_encoder_are_read(bool managed)
    {
        Assert.Equal("{\"v\":1}\n{\"v\":2}\n", Encoding.UTF8.GetString(ReadAll(TwoFrames, managed)));
        var target = new byte[16];
        Assert.Equal(16, Zstandard.Decode(TwoFrames, target, managed));
        Assert.Equal("{\"v\":1}\n{\"v\":2}\n", Encoding.UTF8.GetString(target));
        Assert.Throws<InvalidDataException>(() => Zstandard.Decode(TwoFrames, new byte[15], managed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_is_an_error_wherever_it_is(bool managed)
    {
        // From the first block up to the checksum, the last four bytes of the first frame; the byte before only states the window size.
        var end = TwoFrames.AsSpan(4).IndexOf(Zstandard.Magic) + 4;
        for (var at = 6; at < end; at++)
        {
            byte[] bad = [.. TwoFrames];
            bad[at] ^= 1;
            Assert.ThrowsAny<Exception>(() => Assert.Equal("{\"v\":1}\n{\"v\":2}\n", Encoding.UTF8.GetString(ReadAll(bad, managed))));
        }
    }

    // A frame of one empty last block (RFC 8878, 3.1.1): the window descriptor's exponent is the window size, and more than allowed is rejected.
    [Theory]
    [InlineData(17, 27, true)]
    [InlineData(18, 27, false)]
    [InlineData(0, 10, true)]
    [InlineData(1, 10, false)]
    [InlineData(18, 28, true)]
    public void A_frame_that_looks_back_too_far_is_refused(int exponent, int maxWindowLog, bool isRead)
    {
        byte[] frame = [.. Zstandard.Magic, 0, (byte)(exponent << 3), 1, 0, 0];
        byte[] padded = [.. frame, .. new byte[8]];
        Assert.Equal(1L << (10 + exponent), Zstandard.WindowOf(padded));
        foreach (var managed in (bool[])[false, true])
        {
            using var decoder = new ZstdDecoder(maxWindowLog, managed);
            if (isRead) Assert.Equal((frame.Length, 0), decoder.Step(frame, new byte[10], out _));
            else Assert.Throws<InvalidDataException>(() => decoder.Step(frame, new byte[10], out _));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void What_is_written_is_read_again_and_declares_its_size(int level)
    {
        var text = Text();
        using var encoder = new ZstdEncoder(level);
        var packed = new byte[ZstdEncoder.Bound(text.Length)];
        var length = encoder.Encode(text, packed);
        packed = packed[..length];
        Assert.InRange(length, 1, text.Length / 2);
        Assert.Equal(text, ReadAll(packed, managed: false));
        Assert.Equal(text, ReadAll(packed, managed: true));
        Assert.True(Zstandard.MayHold(packed, text.Length));
        Assert.False(Zstandard.MayHold(packed, text.Length + 1));
        Assert.False(Zstandard.MayHold("no frame"u8, 1));
        encoder.Encode("something else"u8, new byte[ZstdEncoder.Bound(14)]);
        var again = new byte[ZstdEncoder.Bound(text.Length)];
        Assert.Equal(packed, again[..encoder.Encode(text, again)]);
    }

    [Fact]
    public void A_written_stream_has_a_check_sum()
    {
        using var stream = new MemoryStream();
        using (var writer = Zstandard.OpenWrite(stream, 3, leaveOpen: true)) writer.Write(Text());

        var packed = stream.ToArray();
        Assert.Equal(4, packed[4] & 4); // Content_Checksum_flag
        Assert.Equal(Text(), ReadAll(packed, managed: false));
        packed[^1] ^= 1;
        Assert.Throws<InvalidDataException>(() => ReadAll(packed, managed: true));
    }

    // The bytes are promised to be the same on every machine; they change only with the version of the package.
    [Fact]
    public void The_bytes_are_the_same_everywhere()
    {
        using var encoder = new ZstdEncoder(3);
        var packed = new byte[ZstdEncoder.Bound(Text().Length)];
        var length = encoder.Encode(Text(), packed);
        Assert.Equal("4555 582b704b", $"{length} {Crc32.HashToUInt32(packed.AsSpan(0, length)):x8}");
    }

    private static byte[] Text()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 2_000; i++) text.Append("line ").Append(i * 7919 % 1_009).Append(i % 3 == 0 ? " is like another\n" : " is as it is\n");

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] ReadAll(byte[] packed, bool managed)
    {
        using var decoder = new ZstdDecoder(managed: managed);
        using var all = new MemoryStream();
        var buffer = new byte[1_000];
        var isInFrame = false;
        for (var at = 0; ;)
        {
            var (read, written) = decoder.Step(packed.AsSpan(at, Math.Min(100, packed.Length - at)), buffer, out var goesOn);
            if (read == 0 && written == 0) break;

            isInFrame = goesOn;
            at += read;
            all.Write(buffer, 0, written);
        }

        return !isInFrame ? all.ToArray() : throw new InvalidDataException("cut");
    }
}
