using InstructKit.Sources.Files;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Data beyond memory leaves no files, however the process ends.</summary>
public sealed class TemporaryFileTests
{
    [Fact]
    public void An_open_file_has_no_name_any_more()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere the name of a handle is not visible

        using var file = TemporaryFile.Open();
        RandomAccess.Write(file, "kept"u8, 3);
        var read = new byte[4];
        Assert.Equal(4, RandomAccess.Read(file, read, 3));
        Assert.Equal("kept"u8, read);
        var name = File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)!.FullName;
        Assert.StartsWith(Path.GetTempPath(), name, StringComparison.Ordinal);
        Assert.EndsWith(" (deleted)", name, StringComparison.Ordinal);
    }
}
