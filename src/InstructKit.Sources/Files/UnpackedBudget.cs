namespace InstructKit.Sources.Files;

/// <summary>Counts the bytes that one reader decompresses, over all its files.</summary>
internal sealed class UnpackedBudget(SourceLimits limits)
{
    // Small files may be very repetitive; only large ones are harmful.
    private const long RatioFrom = 1 << 20;

    private long _total;

    /// <summary>Charges bytes that came out of a file.</summary>
    /// <param name="bytes">Number of new bytes.</param>
    /// <param name="packed">How many compressed bytes of the file were consumed so far.</param>
    /// <param name="unpacked">How many were decompressed from the file so far.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A limit is exceeded.</exception>
    public void Charge(int bytes, long packed, long unpacked, string file)
    {
        Charge(bytes, file);
        if (unpacked > RatioFrom && unpacked / limits.MaxCompressionRatio > packed)
        {
            throw SourceError.InFile(
                SourceCodes.LimitExceeded, file,
                string.Create(CultureInfo.InvariantCulture, $"a compressed byte became more than {limits.MaxCompressionRatio} bytes (--max-compression-ratio)"));
        }
    }

    /// <summary>Charges bytes whose compressed size is unknown, as in a Parquet file, whose dictionaries and prefixes expand.</summary>
    /// <param name="bytes">Number of new bytes.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The limit is exceeded.</exception>
    public void Charge(int bytes, string file)
    {
        _total += bytes;
        if (_total > limits.MaxUnpackedBytes)
        {
            throw SourceError.InFile(
                SourceCodes.LimitExceeded, file, string.Create(CultureInfo.InvariantCulture, $"more than {limits.MaxUnpackedBytes} bytes unpacked (--max-unpacked-bytes)"));
        }
    }
}
