using System.Buffers.Binary;
using InstructKit.Sources.Files;

namespace InstructKit.Yaml;

/// <summary>The YAML files of a folder as trees that need no parsing, built when the tool is packed. Every file is still read and compared with its content at
/// that time, so a changed file is parsed as if there were no index.</summary>
/// <remarks>Format: magic, number of files; for each its relative path with <c>/</c>, its length and that of its tree; then the files, each followed by its
/// tree. Numbers are 32-bit, little-endian, at the front and 7-bit groups in the trees. The files themselves are compared, not hashes of them: SHA-256
/// would be the only use of the system's cryptography in list commands, and loading it takes longer than everything else.</remarks>
public sealed class YamlIndex
{
    /// <summary>Name of the index in its folder.</summary>
    public const string FileName = "index.bin";

    private static readonly byte[] Magic = "IKY2"u8.ToArray();

    private readonly string _folder;
    private readonly byte[] _bytes;
    private readonly Dictionary<string, (int Start, int Length, int TreeLength)> _files = new(StringComparer.Ordinal);

    private YamlIndex(string folder, byte[] bytes)
    {
        _folder = folder;
        _bytes = bytes;
        var at = Magic.Length;
        var count = Number(ref at);
        List<(string Path, int Length, int TreeLength)> files = new(count);
        for (var i = 0; i < count; i++)
        {
            var length = Number(ref at);
            var path = Encoding.UTF8.GetString(bytes, at, length);
            at += length;
            files.Add((path, Number(ref at), Number(ref at)));
        }

        foreach (var (path, length, treeLength) in files)
        {
            _files.Add(path, (at, length, treeLength));
            at += length + treeLength;
        }

        if (at != bytes.Length) throw new ArgumentException("Cut short, or longer than it says.", nameof(bytes));
    }

    /// <summary>The index of a folder; null if it has none, or one that this version cannot use.</summary>
    public static YamlIndex? Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;

        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith(Magic) ? new YamlIndex(folder, bytes) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or IOException)
        {
            return null; // a damaged index costs time, nothing else
        }
    }

    /// <summary>Builds the index of a folder's <c>*.yaml</c> files at any depth, which must have been validated before: see
    /// <see cref="YamlMap.IsIndexed"/>. The bytes depend only on the files.</summary>
    /// <exception cref="DiagnosticException">A file is not YAML.</exception>
    public static byte[] Make(string folder)
    {
        var paths = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).ToArray();
        Array.Sort(paths, StringComparer.Ordinal);
        using var head = new MemoryStream();
        using var bodies = new MemoryStream();
        head.Write(Magic);
        WriteNumber(head, paths.Length);
        foreach (var path in paths)
        {
            var content = File.ReadAllBytes(Path.Combine(folder, path));
            var start = bodies.Length;
            bodies.Write(content);
            YamlTree.Write(YamlFile.Parse(TextFile.Decode(path, content)), bodies);
            WriteNumber(head, Encoding.UTF8.GetByteCount(path));
            head.Write(Encoding.UTF8.GetBytes(path));
            WriteNumber(head, content.Length);
            WriteNumber(head, (int)(bodies.Length - start) - content.Length);
        }

        return [.. head.ToArray(), .. bodies.ToArray()];
    }

    /// <summary>The tree of a file below the folder; null if the index does not contain these bytes.</summary>
    internal YamlMap? Find(string path, byte[] content, SourceText source)
    {
        var relative = Path.GetRelativePath(_folder, path).Replace('\\', '/');
        return _files.TryGetValue(relative, out var file) && _bytes.AsSpan(file.Start, file.Length).SequenceEqual(content)
            ? YamlTree.Read(_bytes.AsSpan(file.Start + file.Length, file.TreeLength), source)
            : null;
    }

    private static void WriteNumber(MemoryStream target, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        target.Write(bytes);
    }

    private int Number(ref int at)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
        at += sizeof(int);
        return number;
    }
}
