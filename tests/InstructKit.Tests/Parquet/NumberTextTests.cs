using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet.Reading;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class NumberTextTests
{
    // The texts are from Python 3.11's repr.
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(1000000000000000.0, "1000000000000000.0")]
    [InlineData(1e+16, "1e+16")]
    [InlineData(-1.5e+16, "-1.5e+16")]
    [InlineData(9.007199254740994e+16, "9.007199254740994e+16")]
    [InlineData(1.2345678901234568e+17, "1.2345678901234568e+17")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e-05, "1e-05")]
    [InlineData(1.7976931348623157e+308, "1.7976931348623157e+308")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(2.9802322387695312e-08, "2.9802322387695312e-08")]
    [InlineData(-4.1045368012983762e-289, "-4.1045368012983762e-289")]
    [InlineData(1e+22, "1e+22")]
    [InlineData(9007199254740992.0, "9007199254740992.0")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(-2.5e-07, "-2.5e-07")]
    [InlineData(2000000000000000.0, "2000000000000000.0")]
    [InlineData(1e+100, "1e+100")]
    [InlineData(999999999999999.9, "999999999999999.9")]
    [InlineData(1234567890123456.8, "1234567890123456.8")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Floats_are_laid_out_as_in_Python(double value, string expected) => Assert.Equal(expected, Text(buffer => NumberText.AppendFloat(buffer, value)));

    [Fact]
    public void Floats_read_back_as_themselves() => Prop.ForAll<double>(value =>
        !double.IsFinite(value) || double.Parse(Text(buffer => NumberText.AppendFloat(buffer, value)), CultureInfo.InvariantCulture).Equals(value))
        .Check(Config.QuickThrowOnFailure);

    // A power of two is nearer to the double below it than to the one above, which .NET's own text overlooks for two of them.
    [Fact]
    public void Powers_of_two_read_back_as_themselves()
    {
        for (var exponent = -1074; exponent < 1024; exponent++)
        {
            var value = Math.ScaleB(1.0, exponent);
            Assert.Equal(value, double.Parse(Text(buffer => NumberText.AppendFloat(buffer, value)), CultureInfo.InvariantCulture));
            Assert.Equal(-value, double.Parse(Text(buffer => NumberText.AppendFloat(buffer, -value)), CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0", 2, "0.00")]
    [InlineData("-5", 2, "-0.05")]
    [InlineData("12345", 2, "123.45")]
    [InlineData("-12345678901234567890123456789", 5, "-123456789012345678901234.56789")]
    public void Decimals_keep_all_digits(string unscaled, int scale, string expected)
    {
        var value = BigInteger.Parse(unscaled, CultureInfo.InvariantCulture);
        Assert.Equal(expected, Text(buffer => NumberText.AppendDecimal(buffer, value, scale)));
    }

    [Theory]
    [InlineData(0, 2, "00")]
    [InlineData(7, 2, "07")]
    [InlineData(10, 2, "10")]
    [InlineData(999999999, 9, "999999999")]
    [InlineData(1, 9, "000000001")]
    [InlineData(12345, 4, "12345")]
    public void Padding_adds_zeros_in_front(long value, int digits, string expected) =>
        Assert.Equal(expected, Text(buffer => NumberText.AppendPadded(buffer, value, digits)));

    internal static string Text(Action<CellBuffer> append)
    {
        using var buffer = new CellBuffer();
        append(buffer);
        return Encoding.UTF8.GetString(buffer.Bytes, 0, buffer.Length);
    }
}
