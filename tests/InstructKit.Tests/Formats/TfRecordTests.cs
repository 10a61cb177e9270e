using InstructKit.Sinks;
using Xunit;

namespace InstructKit.Tests.Formats;

public sealed class TfRecordTests
{
    // The check value of CRC-32C in the catalogues of CRCs, and the vectors of RFC 3720, B.4.
    [Fact]
    public void The_reader_of_the_tests_knows_the_published_checksums()
    {
        Assert.Equal(0xE3069283u, TfRecordFile.Crc(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, TfRecordFile.Crc(new byte[32]));
        Assert.Equal(0x62A8AB43u, TfRecordFile.Crc([.. Enumerable.Repeat((byte)0xff, 32)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1000)]
    public void The_writer_makes_the_same_ones(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        var crc = TfRecordFile.Crc(bytes);
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8u, TfRecordSink.MaskedCrc(bytes));
    }
}
