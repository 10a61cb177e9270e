using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>A shape of the output: which columns an example becomes, and their values.</summary>
public interface IExampleFormat
{
    /// <summary>Name in plans and options.</summary>
    string Name { get; }

    /// <summary>What it is for, one line.</summary>
    string Description { get; }

    /// <summary>The columns of a split.</summary>
    /// <param name="scored">True for held-out splits, whose examples carry options and answers.</param>
    RecordSchema Schema(bool scored);

    /// <summary>Writes an example: one value for every column of <see cref="Schema"/>, in order.</summary>
    void Write(in Example example, bool scored, RecordWriter record);
}

/// <summary>All shapes of the output. To add one: one file beside this one, one line here.</summary>
public static class ExampleFormats
{
    /// <summary>The shapes; the first is the default.</summary>
    public static IReadOnlyList<IExampleFormat> All { get; } = [new PairFormat()];

    /// <summary>The default.</summary>
    public static IExampleFormat Default => All[0];

    /// <summary>The shape of a name; null when there is none.</summary>
    public static IExampleFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
