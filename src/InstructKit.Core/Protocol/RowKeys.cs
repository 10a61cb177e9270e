using InstructKit.Text;

namespace InstructKit.Protocol;

/// <summary>The keyed hashes behind the random choices of a task's source split.</summary>
/// <param name="seed">Seed of the plan.</param>
/// <param name="task">Key of the task.</param>
/// <param name="split">The source split.</param>
public sealed class RowKeys(long seed, string task, string split)
{
    private readonly string _identity = $"{task}\n{split}";

    /// <summary>What template filters such as <c>random</c> draw from.</summary>
    public KeyedHash Random => field = field == default ? new KeyedHash(seed, "random", _identity) : field;

    /// <summary>Choice of templates.</summary>
    public KeyedHash Template => field = field == default ? new KeyedHash(seed, "template", _identity) : field;

    /// <summary>Order of the shuffle.</summary>
    public KeyedHash Shuffle => field = field == default ? new KeyedHash(seed, "shuffle", _identity) : field;
}
