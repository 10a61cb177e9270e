using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace InstructKit.Sources.Files;

/// <summary>
/// .NET takes a truncated gzip stream for a whole one unless a switch says otherwise before the process uses its first one. The switch is set when this
/// assembly is loaded, which is early enough for everything in it.
/// </summary>
internal static class StrictCompression
{
    private static readonly Lazy<bool> InForce = new(Probe);

    /// <summary>Refuses to read where a host has used compression before this assembly was loaded: a cut file would pass for a whole one.</summary>
    /// <exception cref="InvalidOperationException">The switch came too late.</exception>
    public static void Require()
    {
        if (!InForce.Value)
        {
            throw new InvalidOperationException(
                "This process used gzip before InstructKit was loaded, so .NET would read truncated files without an error. Set the runtime option System.IO.Compression.UseStrictValidation to true.");
        }
    }

#pragma warning disable CA2255 // A library that cannot be called too late: the switch counts for the whole process and only before its first use.
    [ModuleInitializer]
    internal static void Switch() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
#pragma warning restore CA2255

    // Is a stream that ends behind its header an error?
    private static bool Probe()
    {
        byte[] cut = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0];
        try
        {
            using var gzip = new GZipStream(new MemoryStream(cut), CompressionMode.Decompress);
            gzip.ReadByte();
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
